import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Refusal, refuse } from './refusal.ts';

/** By the length a request declares; node's parser then ends the body there. */
export function refuseLargeBody(request: IncomingMessage, maxBodyBytes: number): Refusal | undefined {
  const declared = Number(request.headers['content-length'] ?? 0);
  return declared > maxBodyBytes ? tooLarge(`${declared} bytes`, maxBodyBytes) : undefined;
}

/**
 * Ends a request of undeclared length once its body passes the limit. The bytes are counted where node hands them
 * to the stream: a `data` listener would start the flow before the service listens.
 */
export function boundChunkedBody(request: IncomingMessage, response: ServerResponse, maxBodyBytes: number) {
  if (request.headers['transfer-encoding'] === undefined) return;
  const push = request.push.bind(request);
  let received = 0;
  request.push = (chunk: Buffer | null) => {
    received += chunk?.length ?? 0;
    if (received <= maxBodyBytes) return push(chunk);
    if (!response.headersSent) {
      response.once('finish', () => request.destroy());
      refuse(request, response, tooLarge(`more than ${maxBodyBytes} bytes`, maxBodyBytes));
    }
    return false;
  };
}

function tooLarge(got: string, maxBodyBytes: number): Refusal {
  const message = `A request body must be at most ${maxBodyBytes} bytes, got ${got}`;
  return { status: 413, code: 'RequestEntityTooLarge', message };
}
