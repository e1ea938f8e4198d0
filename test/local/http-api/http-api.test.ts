import { expect, onTestFinished, test } from 'vitest';
import { type HttpApiOptions, startHttpApi } from '../../../local/http-api/http-api.ts';
import type { InvokeResult } from '../../../local/lambda/function-api.ts';
import { AccessDenied } from '../../../local/permissions/access-denied.ts';
import { createFakeClock } from '../fake-clock.ts';
import { LOCATION } from '../lambda/lambda-location.ts';

const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:fn';
const ROUTES = ['POST /orders/{id}', 'GET /orders'];

/** An API whose function is invoked as the test says, and that remembers the events. */
async function startApi(
  invoke: () => Promise<InvokeResult> = async () => ({ outcome: 'succeeded', payload: { statusCode: 204 } }),
  {
    routes = ROUTES,
    deploy = true,
    ...options
  }: Partial<HttpApiOptions> & { routes?: string[]; deploy?: boolean } = {},
) {
  const events: object[] = [];
  const target = {
    name: 'fn',
    arn: FUNCTION_ARN,
    timeoutSeconds: 60,
    invoke(event: unknown) {
      events.push(event as object);
      return invoke();
    },
  };
  const clock = createFakeClock(Date.UTC(2030, 2, 12, 19, 3, 58));
  const api = await startHttpApi({
    id: 'abc123',
    name: 'Shop',
    location: LOCATION,
    clock,
    authorize: () => {},
    ...options,
  });
  onTestFinished(() => api.stop());
  const integration = api.addIntegration({ target, timeoutMs: 29_000 });
  for (const route of routes) api.addRoute(route, integration);
  if (deploy) api.deploy();
  const call = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${api.url}${path}`, init);
    return [response.status, await response.text()];
  };
  return { api, events, call, clock };
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
test('makes an event of payload format 2.0 of a request, with its route and the route’s variables', async () => {
  const { call, events, clock } = await startApi();

  expect(
    await call('orders/a%20b?x=1', { method: 'POST', body: '7', headers: { 'content-type': 'text/plain' } }),
  ).toEqual([204, '']);

  expect(events).toMatchObject([
    {
      version: '2.0',
      routeKey: 'POST /orders/{id}',
      rawPath: '/orders/a%20b',
      rawQueryString: 'x=1',
      pathParameters: { id: 'a b' },
      body: '7',
      requestContext: {
        accountId: LOCATION.accountId,
        apiId: 'abc123',
        routeKey: 'POST /orders/{id}',
        stage: '$default',
        http: { method: 'POST', path: '/orders/a%20b' },
        timeEpoch: clock.now(),
      },
    },
  ]);
});

test('an event of a route without variables has no pathParameters', async () => {
  const { call, events } = await startApi();
  await call('orders');
  expect(events[0]).not.toHaveProperty('pathParameters');
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
test('answers 404 where no route leads, and everywhere until it is deployed', async () => {
  const missing = [404, '{"message":"Not Found"}'];
  const { call, events } = await startApi();
  expect(await call('orders', { method: 'DELETE' })).toEqual(missing);
  expect(await call('other')).toEqual(missing);
  expect(await (await startApi(undefined, { deploy: false })).call('orders')).toEqual(missing);
  expect(events).toEqual([]);
});

const FAILED = [500, '{"message":"Internal Server Error"}'];

test.each<[string, InvokeResult, unknown]>([
  ['whose function failed', { outcome: 'failed', error: { errorType: 'E', errorMessage: 'secret' } }, FAILED],
  ['that is no HTTP answer', { outcome: 'succeeded', payload: { statusCode: 9 } }, FAILED],
  ['that is throttled', { outcome: 'throttled' }, [503, '{"message":"Service Unavailable"}']],
  ['without a status code', { outcome: 'succeeded', payload: { made: 7 } }, [200, '{"made":7}']],
])('answers an invocation %s', async (_, result, answer) => {
  expect(await (await startApi(async () => result)).call('orders')).toEqual(answer);
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
test('answers 503 when the function takes longer than the integration may', async () => {
  const { promise: invoked, resolve: onInvoked } = Promise.withResolvers<void>();
  const never = new Promise<never>(() => {});
  const { call, clock } = await startApi(() => {
    onInvoked();
    return never;
  });
  const answer = call('orders');
  await invoked;

  clock.advance(29_000);

  expect(await answer).toEqual([503, '{"message":"Service Unavailable"}']);
});

test('leaves no timer behind an answer', async () => {
  const { call, clock } = await startApi();
  await call('orders');
  expect(clock.timers()).toBe(0);
});

test('invokes as the route, and answers 500 where the function’s policy does not allow it', async () => {
  const asked: string[][] = [];
  const { call, events } = await startApi(undefined, {
    authorize(...arns) {
      asked.push(arns);
      throw new AccessDenied({ caller: 'api', action: 'a', resource: 'r', reason: 'it is not' });
    },
  });

  expect(await call('orders/7', { method: 'POST' })).toEqual(FAILED);

  const { region, accountId } = LOCATION;
  expect(asked).toEqual([
    [`arn:aws:execute-api:${region}:${accountId}:abc123/$default/POST/orders/{id}`, FUNCTION_ARN],
  ]);
  expect(events).toEqual([]);
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
test('answers preflights itself where CORS is configured, and adds its headers to answers', async () => {
  const { api, events } = await startApi(undefined, {
    cors: { allowOrigins: ['https://app.example'], allowMethods: ['POST'] },
  });
  const headers = { origin: 'https://app.example' };

  const preflight = await fetch(`${api.url}orders`, {
    method: 'OPTIONS',
    headers: { ...headers, 'access-control-request-method': 'POST' },
  });
  const missing = await fetch(`${api.url}other`, { headers });

  expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([204, 'POST']);
  expect(missing.headers.get('access-control-allow-origin')).toBe('https://app.example');
  expect(events).toEqual([]);
});

test('refuses a body above 6 MB and does not invoke', async () => {
  const { call, events } = await startApi();
  const body = Buffer.alloc(6 * 1024 * 1024 + 1);
  expect(await call('orders/7', { method: 'POST', body })).toEqual([
    413,
    '{"message":"Request Entity Too Large"}',
  ]);
  expect(events).toEqual([]);
});

test('fails to start with two routes of one key, and with a route to nowhere', async () => {
  await expect(startApi(undefined, { routes: ['GET /a', 'GET /a'] })).rejects.toThrow(
    "'GET /a' has a route already",
  );
  const { api } = await startApi();
  expect(() => api.addRoute('GET /b', 'integration-9')).toThrow(
    'Target integration-9 is no integration of Shop',
  );
});
