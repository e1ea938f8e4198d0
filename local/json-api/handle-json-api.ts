import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { isJsonObject, type JsonObject } from '../json-value.ts';
import { AccessDenied, type Authorize } from '../permissions/access-denied.ts';
import { StartError } from '../start-error.ts';
import { ApiError } from './api-error.ts';

/** One operation. Throws `ApiError`, or what a reader of `JsonObject` throws. */
export type JsonVerb<Store> = (store: Store, input: JsonObject, authorize: Authorize | undefined) => object;

export interface JsonApi<Store> {
  /** As messages call it. */
  readonly name: string;
  readonly verbs: Readonly<Record<string, JsonVerb<Store>>>;
  /** The code of a request that is not valid. */
  readonly invalid: string;
}

/** Answers one request of the AWS JSON 1.1 protocol. https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
export async function handleJsonApi<Store>(
  api: JsonApi<Store>,
  store: Store,
  request: IncomingMessage,
  response: ServerResponse,
  authorize: Authorize | undefined,
): Promise<void> {
  response.setHeader('x-amzn-RequestId', randomUUID());
  try {
    const target = String(request.headers['x-amz-target'] ?? '');
    const operation = target.slice(target.indexOf('.') + 1);
    const verb = Object.hasOwn(api.verbs, operation) ? api.verbs[operation] : undefined;
    if (!verb) {
      throw new ApiError(
        'UnsupportedOperation',
        `${operation || 'No operation'} is not supported by the local ${api.name}.`,
      );
    }
    send(response, 200, verb(store, parse(await text(request), api), authorize));
  } catch (error) {
    const { name, status, message } = toApiError(error, api);
    send(response, status, { __type: name, message });
  }
}

function parse(body: string, { invalid }: { readonly invalid: string }): JsonObject {
  try {
    const value: unknown = JSON.parse(body || '{}');
    if (isJsonObject(value)) return value;
  } catch {
    // No JSON either.
  }
  throw new ApiError(invalid, 'The request body must be a JSON object.');
}

function toApiError(
  error: unknown,
  { name, invalid }: { readonly name: string; readonly invalid: string },
): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof AccessDenied) return new ApiError('AccessDeniedException', error.message);
  // What reads templates reads requests, too.
  if (error instanceof StartError) return new ApiError(invalid, error.message);
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ApiError(
    'InternalFailure',
    `The local ${name} failed, which is a defect of its own: ${message}`,
    500,
  );
}

function send(response: ServerResponse, status: number, answer: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
}
