import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../clock.ts';
import { AccessDenied } from '../permissions/access-denied.ts';
import type { Location } from '../service.ts';
import type { LocalFunction } from './function-api.ts';
import { type HttpAnswer, toHttpAnswer } from './function-url-answer.ts';
import { corsHeaders, type FunctionUrlCors, isPreflight, preflightHeaders } from './function-url-cors.ts';
import { toFunctionUrlEvent } from './function-url-event.ts';

export interface FunctionUrlOptions {
  readonly target: LocalFunction;
  readonly location: Location;
  readonly clock: Clock;
  /** Default: any free port. */
  readonly port?: number;
  /** Default: no CORS headers but those the function answers. */
  readonly cors?: FunctionUrlCors;
  /** Throws AccessDenied when nobody may call without a signature. Default: whoever reaches it may call. */
  readonly authorize?: () => void;
  /** Told what each request is answered with. */
  readonly onAnswer?: (status: number) => void;
}

export interface FunctionUrl {
  /** `http://127.0.0.1:49152/` */
  readonly url: string;
  stop(): Promise<void>;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_BODY_BYTES = 6 * 1024 * 1024;

/**
 * Listens on 127.0.0.1 for one function and invokes it for each request
 * (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html). Rejects when the port is taken.
 */
export async function startFunctionUrl(options: FunctionUrlOptions): Promise<FunctionUrl> {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000 }, (request, response) => {
    response.once('close', options.clock.hold());
    void respond(request, response, options, portOf(server));
  });
  await listen(server, options);
  return {
    url: `http://127.0.0.1:${portOf(server)}/`,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, { target, port = 0 }: FunctionUrlOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', cause => {
      const message = `The function URL of ${target.name} cannot listen on port ${port}: ${cause.message}; free the port or choose another`;
      reject(new Error(message, { cause }));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  options: FunctionUrlOptions,
  port: number,
): Promise<void> {
  try {
    const answered = await answer(request, options, port);
    options.onAnswer?.(answered.status);
    send(response, answered);
  } catch (error) {
    // The client went away in the middle of its request.
    response.destroy(error instanceof Error ? error : undefined);
  }
}

async function answer(
  request: IncomingMessage,
  options: FunctionUrlOptions,
  port: number,
): Promise<HttpAnswer> {
  const { target, clock, cors } = options;
  if (!isOurHost(request.headers.host, port)) {
    return message(
      403,
      `Host ${request.headers.host ?? '(none)'} is not this function URL: use 127.0.0.1:${port}`,
    );
  }
  if (cors && isPreflight(request))
    return { status: 200, headers: preflightHeaders(request, cors), body: '' };
  if (isDenied(options)) return { ...FORBIDDEN, close: true };
  const body = await readBody(request);
  if (!body) return { ...message(413, 'Request Entity Too Large'), close: true };
  const result = await clock.letPass(
    target.invoke(toFunctionUrlEvent(request, body, clock)),
    request.socket.remotePort,
  );
  const functionAnswer = toHttpAnswer(result);
  return cors
    ? { ...functionAnswer, headers: { ...functionAnswer.headers, ...corsHeaders(request, cors) } }
    : functionAnswer;
}

function isDenied({ authorize }: FunctionUrlOptions): boolean {
  try {
    authorize?.();
    return false;
  } catch (error) {
    if (error instanceof AccessDenied) return true;
    throw error;
  }
}

/** In AWS's words: it does not say what the function's policy lacks. */
const FORBIDDEN = message(
  403,
  'Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html',
  { 'x-amzn-errortype': 'AccessDeniedException' },
);

/** A web page can point a name of its own at 127.0.0.1 (DNS rebinding); what it cannot do is send our `Host`. */
function isOurHost(host: string | undefined, port: number): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].some(name => host === `${name}:${port}`);
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function message(status: number, text: string, headers: HttpAnswer['headers'] = {}): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ Message: text }),
  };
}

function send(response: ServerResponse, { status, headers, body, close }: HttpAnswer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (close) response.setHeader('connection', 'close');
  response.end(body);
}
