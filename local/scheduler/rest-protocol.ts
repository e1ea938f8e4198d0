import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type JsonObject, parseJsonObject } from '../json-value.ts';
import { AccessDenied, type Authorize } from '../permissions/access-denied.ts';
import { StartError } from '../start-error.ts';
import { SchedulerError } from './scheduler-error.ts';
import type { SchedulerStore } from './scheduler-store.ts';
import type { SchedulerRequest } from './verb.ts';
import { ROUTES, type Route } from './verbs.ts';

/** Query parameters whose names are not those of the API's members. */
const MEMBER_NAMES: Readonly<Record<string, string>> = { groupName: 'GroupName', clientToken: 'ClientToken' };

/** Answers one request of the REST JSON protocol. https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export async function handleRest(
  store: SchedulerStore,
  request: IncomingMessage,
  response: ServerResponse,
  { authorize, targets }: { authorize: Authorize | undefined; targets: SchedulerRequest['targets'] },
): Promise<void> {
  response.setHeader('x-amzn-RequestId', randomUUID());
  try {
    const { verb, input } = await read(request);
    send(response, 200, verb(store, { input, authorize, targets }));
  } catch (error) {
    const { name, status, message } = toSchedulerError(error);
    response.setHeader('x-amzn-errortype', name);
    send(response, status, { Message: message });
  }
}

async function read(request: IncomingMessage): Promise<Pick<Route, 'verb'> & { readonly input: JsonObject }> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, collection = '', parameter] = url.pathname.split('/');
  const route = Object.values(ROUTES).find(
    ({ method, path, parameter: name }) =>
      method === request.method &&
      path === `/${collection}` &&
      (name === undefined) === (parameter === undefined),
  );
  if (!route) {
    throw new SchedulerError(
      'UnknownOperationException',
      `${request.method} ${url.pathname} is no operation of Scheduler`,
    );
  }
  const query = [...url.searchParams].map(([name, value]) => [MEMBER_NAMES[name] ?? name, value] as const);
  const tagKeys = url.searchParams.getAll('TagKeys');
  const input = {
    ...parse(await text(request)),
    ...Object.fromEntries(query),
    ...(tagKeys.length > 0 && { TagKeys: tagKeys }),
    ...(route.parameter && { [route.parameter]: decodeURIComponent(parameter ?? '') }),
  };
  return { verb: route.verb, input };
}

function parse(body: string): JsonObject {
  const value = body === '' ? {} : parseJsonObject(body);
  if (value === undefined)
    throw new SchedulerError('ValidationException', 'The request body must be a JSON object.');
  return value;
}

function toSchedulerError(error: unknown): SchedulerError {
  if (error instanceof SchedulerError) return error;
  if (error instanceof AccessDenied) return new SchedulerError('AccessDeniedException', error.message);
  // What reads templates and schedules reads requests, too.
  if (error instanceof StartError || error instanceof RangeError) {
    return new SchedulerError('ValidationException', error.message);
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new SchedulerError(
    'InternalServerException',
    `The local Scheduler failed, which is a defect of its own: ${message}`,
  );
}

function send(response: ServerResponse, status: number, answer: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}
