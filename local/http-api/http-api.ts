import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock.ts';
import { type Cors, corsHeaders, isPreflight, preflightHeaders } from '../lambda/cors.ts';
import type { InvokeResult, LocalFunction } from '../lambda/function-api.ts';
import { type HttpAnswer, toHttpAnswer } from '../lambda/http-answer.ts';
import { readBody, startHttpEndpoint } from '../lambda/http-endpoint.ts';
import { toHttpEvent } from '../lambda/http-event.ts';
import { AccessDenied } from '../permissions/access-denied.ts';
import type { Location } from '../service.ts';
import { StartError } from '../start-error.ts';
import { checkRouteKey, matchRoute, type Route, type RouteMatch, routeArnPath } from './routes.ts';

/** What a route leads to. */
export interface Integration {
  readonly target: LocalFunction;
  /** How long an answer may take; the function goes on after it. */
  readonly timeoutMs: number;
}

export interface HttpApiOptions {
  readonly id: string;
  readonly name: string;
  readonly location: Location;
  readonly clock: Clock;
  /** Default: no CORS headers but those that functions answer. */
  readonly cors?: Cors;
  /** Throws AccessDenied when the API may not invoke the function for that route. */
  readonly authorize: (routeArn: string, functionArn: string) => void;
}

/** An HTTP API of API Gateway, on a port of its own. */
export interface HttpApi {
  /** `http://127.0.0.1:49152/` */
  readonly url: string;
  /** @returns its id */
  addIntegration(integration: Integration): string;
  /** @throws StartError for a key that is not right, or has a route already, or no integration of that id */
  addRoute(key: string, integrationId: string): void;
  /** Before, it answers nothing but 404. */
  deploy(): void;
  stop(): Promise<void>;
}

export async function startHttpApi(options: HttpApiOptions): Promise<HttpApi> {
  const { name, clock, cors } = options;
  const integrations = new Map<string, Integration>();
  const routes: Route<Integration>[] = [];
  let deployed = false;

  const { url, stop } = await startHttpEndpoint({
    what: `HTTP API ${name}`,
    clock,
    async answer(request) {
      if (cors && isPreflight(request)) {
        return { status: 204, headers: preflightHeaders(request, cors), body: '' };
      }
      const [path = '/'] = (request.url ?? '/').split('?');
      const match = deployed ? matchRoute(routes, request.method ?? '', path) : undefined;
      const answered = match ? await answerBy(match, request, options) : { ...NOT_FOUND, close: true };
      if (!cors) return answered;
      return { ...answered, headers: { ...answered.headers, ...corsHeaders(request, cors) } };
    },
  });
  return {
    url,
    addIntegration(integration) {
      const id = `integration-${integrations.size + 1}`;
      integrations.set(id, integration);
      return id;
    },
    addRoute(key, integrationId) {
      checkRouteKey(key);
      if (routes.some(route => route.key === key))
        throw new StartError(`RouteKey '${key}' has a route already`);
      const target = integrations.get(integrationId);
      if (target === undefined) throw new StartError(`Target ${integrationId} is no integration of ${name}`);
      routes.push({ key, target });
    },
    deploy() {
      deployed = true;
    },
    stop,
  };
}

async function answerBy(
  { route, pathParameters }: RouteMatch<Integration>,
  request: IncomingMessage,
  { id, location, clock, authorize }: HttpApiOptions,
): Promise<HttpAnswer> {
  const { target, timeoutMs } = route.target;
  const body = await readBody(request);
  if (!body) return { ...message(413, 'Request Entity Too Large'), close: true };
  const { region, accountId } = location;
  const stageArn = `arn:aws:execute-api:${region}:${accountId}:${id}/$default`;
  try {
    authorize(`${stageArn}/${routeArnPath(route.key)}`, target.arn);
  } catch (error) {
    if (error instanceof AccessDenied) return FAILED;
    throw error;
  }
  const place = { accountId, apiId: id, routeKey: route.key, pathParameters, at: clock.now() };
  const result = await clock.letPass(
    untilTimeout(target.invoke(toHttpEvent(request, body, place)), timeoutMs, clock),
    request.socket.remotePort,
  );
  if (result === 'timedOut' || result.outcome === 'throttled') return message(503, 'Service Unavailable');
  return toHttpAnswer(result) ?? FAILED;
}

async function untilTimeout(
  invocation: Promise<InvokeResult>,
  timeoutMs: number,
  clock: Clock,
): Promise<InvokeResult | 'timedOut'> {
  const { promise, resolve } = Promise.withResolvers<'timedOut'>();
  const timer = clock.setTimer(() => resolve('timedOut'), timeoutMs);
  try {
    return await Promise.race([invocation, promise]);
  } finally {
    timer.cancel();
  }
}

function message(status: number, text: string): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: text }),
  };
}

const NOT_FOUND = message(404, 'Not Found');

/** It does not say what has failed; in AWS the access log may. */
const FAILED = message(500, 'Internal Server Error');
