import type { IncomingMessage, ServerResponse } from 'node:http';
import { element } from './xml.ts';

/** An answer of the front door's own, in a shape that the SDK of whichever service was called can read. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const json = request.headers['content-type']?.includes('json') ?? false;
  const body = json ? jsonError(refusal) : xmlError(refusal);
  response.writeHead(refusal.status, {
    'content-type': json ? 'application/x-amz-json-1.0' : 'text/xml',
    'content-length': Buffer.byteLength(body),
    'x-amzn-errortype': refusal.code,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function jsonError({ code, message }: Refusal): string {
  return JSON.stringify({ __type: code, message });
}

/** S3 looks for the message beside the root's error, the query protocol (SNS) inside it: both find theirs. */
function xmlError({ code, message }: Refusal): string {
  const error = element('Code', code) + element('Message', message);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ErrorResponse><Error>${error}</Error>${error}</ErrorResponse>`;
}
