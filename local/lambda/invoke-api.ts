import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Clock } from '../clock.ts';
import { AccessDenied, type Authorize } from '../permissions/access-denied.ts';
import type { Location } from '../service.ts';
import { RECURSION_MESSAGE } from './async-records.ts';
import { configurationOf } from './configuration-api.ts';
import type { InvokeResult } from './function-api.ts';
import type { LambdaService } from './lambda-service.ts';
import type { FunctionHost } from './local-function.ts';
import { startLogTail } from './log-tail.ts';

interface Context {
  readonly service: LambdaService;
  readonly clock: Clock;
  readonly location: Location;
  readonly authorize: Authorize | undefined;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, by invocation type */
const MAX_PAYLOAD_BYTES: Readonly<Record<string, number>> = {
  RequestResponse: 6 * 1024 * 1024,
  Event: 1024 * 1024,
  DryRun: 6 * 1024 * 1024,
};

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html and `GetFunctionConfiguration` */
export async function handleRequest(
  request: IncomingMessage,
  response: ServerResponse,
  context: Context,
): Promise<void> {
  const requestId = randomUUID();
  response.setHeader('x-amzn-RequestId', requestId);
  try {
    const answer = await perform(request, requestId, context);
    send(response, answer);
  } catch (error) {
    const failure =
      error instanceof AccessDenied ? new LambdaApiError('AccessDeniedException', 403, error.message) : error;
    if (!(failure instanceof LambdaApiError)) throw failure;
    const { name, status, message, reason } = failure;
    const body = JSON.stringify({
      Type: status < 500 ? 'User' : 'Service',
      message,
      ...(reason && { Reason: reason }),
    });
    send(response, { status, body, headers: { 'x-amzn-ErrorType': name } });
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

class LambdaApiError extends Error {
  readonly status: number;
  readonly reason: string | undefined;
  constructor(name: string, status: number, message: string, reason?: string) {
    super(message);
    this.name = name;
    this.status = status;
    this.reason = reason;
  }
}

async function perform(request: IncomingMessage, requestId: string, context: Context): Promise<Answer> {
  const { target, resource } = targetOf(request, context);
  const config = resource === 'configuration' ? context.service.configOf(target.name) : undefined;
  if (config) return { status: 200, body: JSON.stringify(configurationOf(target.arn, config)) };
  return await invoke(request, requestId, target, context);
}

async function invoke(
  request: IncomingMessage,
  requestId: string,
  target: FunctionHost,
  context: Context,
): Promise<Answer> {
  const trace = request.headers['x-amzn-trace-id'];
  const options = { requestId, traceHeaders: typeof trace === 'string' ? [trace] : [] };
  const type = String(request.headers['x-amz-invocation-type'] ?? 'RequestResponse');
  const event = parseEvent(await buffer(request), type);
  if (type === 'DryRun') return { status: 204, body: '' };
  if (type === 'Event') {
    context.service.invokeAsync(target, event, options);
    return { status: 202, body: '' };
  }
  const tail =
    request.headers['x-amz-log-type'] === 'Tail' ? startLogTail(requestId, context.clock) : undefined;
  const invoking = target.invoke(event, { ...options, ...(tail && { onLine: tail.add }) });
  const result = await context.clock.letPass(invoking, request.socket.remotePort);
  const answer = answerOf(result, target);
  return tail ? { ...answer, headers: { ...answer.headers, 'X-Amz-Log-Result': tail.end() } } : answer;
}

/** What is served, by method and the last part of `/2015-03-31/functions/{FunctionName}/…`. */
export const OPERATIONS: Readonly<Record<string, { readonly operation: string; readonly action: string }>> = {
  'POST invocations': { operation: 'Invoke', action: 'lambda:InvokeFunction' },
  'GET configuration': { operation: 'GetFunctionConfiguration', action: 'lambda:GetFunctionConfiguration' },
};

function targetOf(request: IncomingMessage, { service, location, authorize }: Context) {
  const { pathname, searchParams } = new URL(request.url ?? '/', location.endpoint);
  const [, encodedName, resource] = /^\/2015-03-31\/functions\/([^/]+)\/(\w+)$/.exec(pathname) ?? [];
  const served = OPERATIONS[`${request.method} ${resource}`];
  if (served === undefined || encodedName === undefined) {
    const what = `${request.method} ${pathname}`;
    const operations = Object.values(OPERATIONS).map(({ operation }) => operation);
    throw new LambdaApiError(
      'UnsupportedOperation',
      501,
      `${what} is not supported locally; of the Lambda API are ${operations.join(' and ')}`,
    );
  }
  const qualifier = searchParams.get('Qualifier');
  const name = decodeURIComponent(encodedName) + (qualifier ? `:${qualifier}` : '');
  const arn = name.startsWith('arn:')
    ? name
    : `arn:aws:lambda:${location.region}:${location.accountId}:function:${name.replace(/^\d+:function:/, '')}`;
  authorize?.(served.action, arn);
  const target = service.functionByName(name);
  if (target) return { target, resource };
  throw new LambdaApiError('ResourceNotFoundException', 404, `Function not found: ${arn}`);
}

function parseEvent(body: Buffer, type: string): unknown {
  const limit = MAX_PAYLOAD_BYTES[type];
  if (limit === undefined) {
    const allowed = Object.keys(MAX_PAYLOAD_BYTES).join(', ');
    throw new LambdaApiError(
      'InvalidParameterValueException',
      400,
      `InvocationType must be one of ${allowed}, got ${type}`,
    );
  }
  if (body.byteLength > limit) {
    const message = `${body.byteLength} byte payload is too large for the ${type} invocation type (limit ${limit} bytes)`;
    // The service model says RequestTooLargeException; this is what arrives.
    throw new LambdaApiError('RequestEntityTooLargeException', 413, message);
  }
  if (body.byteLength === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    const message = `Could not parse request body into json: ${error instanceof Error ? error.message : error}`;
    throw new LambdaApiError('InvalidRequestContentException', 400, message);
  }
}

function answerOf(result: InvokeResult, target: FunctionHost): Answer {
  if (result.outcome === 'throttled') {
    const reason =
      target.reservedConcurrency === undefined
        ? 'ConcurrentInvocationLimitExceeded'
        : 'ReservedFunctionConcurrentInvocationLimitExceeded';
    throw new LambdaApiError('TooManyRequestsException', 429, 'Rate Exceeded.', reason);
  }
  if (result.outcome === 'recursive') {
    throw new LambdaApiError('RecursiveInvocationException', 400, RECURSION_MESSAGE);
  }
  const headers = { 'X-Amz-Executed-Version': '$LATEST' };
  if (result.outcome === 'succeeded') return { status: 200, body: JSON.stringify(result.payload), headers };
  return {
    status: 200,
    body: JSON.stringify(result.error),
    headers: { ...headers, 'X-Amz-Function-Error': 'Unhandled' },
  };
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, {
    ...headers,
    ...(body && { 'content-type': 'application/json' }),
  });
  response.end(body);
}
