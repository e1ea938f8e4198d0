import { IncomingMessage } from 'node:http';
import { callerOf } from '../front-door/credential-scope.ts';
import { isJsonObject } from '../json-value.ts';
import { functionNameOf } from '../lambda/environment-variables.ts';
import type { FaultableRequest } from './fault-rules.ts';

/** @param body of a request that has been read */
export function readFaultable(service: string, request: IncomingMessage, body: Buffer): FaultableRequest {
  const target = String(request.headers['x-amz-target'] ?? '');
  const fields = fieldsOf(request, body);
  return {
    service,
    action: /\.(\w+)$/.exec(target)?.[1] ?? (typeof fields.Action === 'string' ? fields.Action : undefined),
    resources: [...namesIn(fields), ...pathOf(request)],
    caller: functionNameOf(callerOf(request) ?? ''),
  };
}

function fieldsOf({ headers }: IncomingMessage, body: Buffer): Readonly<Record<string, unknown>> {
  const type = headers['content-type'] ?? '';
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(body.toString()));
  }
  if (!type.includes('json')) return {};
  try {
    const fields: unknown = JSON.parse(body.toString());
    return isJsonObject(fields) ? fields : {};
  } catch {
    return {}; // The service will say so.
  }
}

/** `QueueUrl`, `TableName`, `TopicArn`, …; and the tables of a batch of DynamoDB. */
function namesIn(fields: Readonly<Record<string, unknown>>): readonly string[] {
  const named = Object.entries(fields).filter(([field]) => /(Url|Arn|Name)$/.test(field));
  const tables = isJsonObject(fields.RequestItems) ? Object.keys(fields.RequestItems) : [];
  return [...tables, ...named.flatMap(([, value]) => (typeof value === 'string' ? [value] : []))];
}

/** Where S3 and Lambda name what a request is about. */
function pathOf({ url = '/' }: IncomingMessage): readonly string[] {
  return (url.split('?', 1)[0] ?? '').split('/').flatMap(part => (part ? [decodeURIComponent(part)] : []));
}

/** A request whose body has been read, to be read again; or another body in its place. */
export function withBody(request: IncomingMessage, body: Buffer): IncomingMessage {
  const { method, url, headers, rawHeaders } = request;
  const copy = Object.assign(new IncomingMessage(request.socket), { method, url, headers, rawHeaders });
  copy.push(body);
  copy.push(null);
  copy.complete = true; // Or its end would be taken for a client that has left.
  return copy;
}
