import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock.ts';
import { foreignPageOf } from '../front-door/loopback-only.ts';
import { AccessDenied } from '../permissions/access-denied.ts';
import { type Cors, corsHeaders, isPreflight, preflightHeaders } from './cors.ts';
import type { LocalFunction } from './function-api.ts';
import { type HttpAnswer, toHttpAnswer } from './http-answer.ts';
import { type HttpEndpoint, readBody, startHttpEndpoint } from './http-endpoint.ts';
import { domainPrefixOf, toHttpEvent } from './http-event.ts';

export interface FunctionUrlOptions {
  readonly target: LocalFunction;
  readonly clock: Clock;
  /** Default: any free port. */
  readonly port?: number;
  /** Default: no CORS headers but those the function answers. */
  readonly cors?: Cors;
  /** Throws AccessDenied when nobody may call without a signature. Default: whoever reaches it may call. */
  readonly authorize?: () => void;
  /** Whether web pages have to sign, as all callers of a URL with AWS_IAM have to in AWS. Default: they need not. */
  readonly pagesSign?: boolean;
  /** Told what each request is answered with. */
  readonly onAnswer?: (status: number) => void;
}

/**
 * Listens on 127.0.0.1 for one function and invokes it for each request
 * (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html). Rejects when the port is taken.
 */
export async function startFunctionUrl(options: FunctionUrlOptions): Promise<HttpEndpoint> {
  const { target, clock, port } = options;
  return await startHttpEndpoint({
    what: `function URL of ${target.name}`,
    clock,
    ...(port !== undefined && { port }),
    async answer(request) {
      const answered = await answer(request, options);
      options.onAnswer?.(answered.status);
      return answered;
    },
  });
}

async function answer(request: IncomingMessage, options: FunctionUrlOptions): Promise<HttpAnswer> {
  const { target, clock, cors } = options;
  if (cors && isPreflight(request))
    return { status: 200, headers: preflightHeaders(request, cors), body: '' };
  const unsignedPage = options.pagesSign ? unsignedPageOf(request) : undefined;
  if (unsignedPage !== undefined) return { ...unsignedPage, close: true };
  if (isDenied(options)) return { ...FORBIDDEN, close: true };
  const body = await readBody(request);
  if (!body) return { ...message(413, 'Request Entity Too Large'), close: true };
  const place = {
    accountId: 'anonymous',
    apiId: domainPrefixOf(request),
    routeKey: '$default',
    at: clock.now(),
  };
  const result = await clock.letPass(
    target.invoke(toHttpEvent(request, body, place)),
    request.socket.remotePort,
  );
  const functionAnswer =
    result.outcome === 'throttled'
      ? plain(429, 'Too Many Requests')
      : (toHttpAnswer(result) ?? plain(502, 'Internal Server Error'));
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

/**
 * Signatures are not checked here, so for a page it is the `Authorization` header that counts: browsers send it to
 * another origin only when a preflight, which is answered by the URL's CORS, has allowed it. A signature in the query
 * needs none. https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html#urls-auth-iam
 */
function unsignedPageOf(request: IncomingMessage): HttpAnswer | undefined {
  const page = foreignPageOf(request, request.socket.localPort ?? 0);
  if (page === undefined || request.headers.authorization?.startsWith('AWS4-')) return undefined;
  const text = `Forbidden. This function URL has AuthType AWS_IAM, got an unsigned request of a web page (${page.header}: ${page.value}); sign it in its Authorization header`;
  return message(403, text, { 'x-amzn-errortype': 'AccessDeniedException' });
}

/** In AWS's words: it does not say what the function's policy lacks. */
const FORBIDDEN = message(
  403,
  'Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html',
  { 'x-amzn-errortype': 'AccessDeniedException' },
);

function message(status: number, text: string, headers: HttpAnswer['headers'] = {}): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ Message: text }),
  };
}

function plain(status: number, body: string): HttpAnswer {
  return { status, headers: { 'content-type': 'text/plain' }, body };
}
