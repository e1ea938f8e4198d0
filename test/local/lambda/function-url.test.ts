import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import type { Cors } from '../../../local/lambda/cors.ts';
import type { InvokeResult } from '../../../local/lambda/function-api.ts';
import { startFunctionUrl } from '../../../local/lambda/function-url.ts';
import { createFakeClock } from '../fake-clock.ts';

/** A function URL whose function answers what the test says, and remembers the events. */
async function startUrl(
  result: unknown = null,
  options: { cors?: Cors; port?: number; pagesSign?: boolean } = {},
) {
  const events: unknown[] = [];
  const target = {
    name: 'fn',
    arn: 'arn:aws:lambda:eu-west-1:123456789012:function:fn',
    timeoutSeconds: 3,
    async invoke(event: unknown): Promise<InvokeResult> {
      events.push(event);
      const { outcome } = { outcome: '', ...(result as object) };
      return outcome ? (result as InvokeResult) : { outcome: 'succeeded', payload: result };
    },
  };
  const clock = createFakeClock(Date.UTC(2030, 2, 12, 19, 3, 58));
  const { url, stop } = await startFunctionUrl({ target, clock, ...options });
  onTestFinished(stop);
  return { url, events };
}

test('makes an event of payload format 2.0 of a request', async () => {
  // GIVEN
  const { url, events } = await startUrl();
  // WHEN
  await fetch(`${url}users/a%20b?x=1&y=a%2Cb&x=2`, {
    method: 'PUT',
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      Cookie: 'a=1; b=2',
      'X-Mine': 'Yes',
      'User-Agent': 'me',
    },
    body: '{"ü":1}',
  });
  // THEN
  const { host } = new URL(url);
  expect(events).toEqual([
    {
      version: '2.0',
      routeKey: '$default',
      rawPath: '/users/a%20b',
      rawQueryString: 'x=1&y=a%2Cb&x=2',
      cookies: ['a=1', 'b=2'],
      headers: expect.objectContaining({
        host,
        'content-type': 'application/json; charset=utf-8',
        'x-mine': 'Yes',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'http',
      }),
      queryStringParameters: { x: '1,2', y: 'a,b' },
      requestContext: {
        accountId: 'anonymous',
        apiId: '127',
        domainName: host,
        domainPrefix: '127',
        http: {
          method: 'PUT',
          path: '/users/a%20b',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'me',
        },
        requestId: expect.any(String),
        routeKey: '$default',
        stage: '$default',
        time: '12/Mar/2030:19:03:58 +0000',
        timeEpoch: Date.UTC(2030, 2, 12, 19, 3, 58),
      },
      body: '{"ü":1}',
      isBase64Encoded: false,
    },
  ]);
  expect(events[0]).not.toHaveProperty('headers.cookie');
});

test('leaves out what a request does not have', async () => {
  const { url, events } = await startUrl();
  await fetch(url);
  expect(events[0]).toMatchObject({ rawPath: '/', rawQueryString: '', isBase64Encoded: false });
  for (const absent of ['body', 'cookies', 'queryStringParameters'])
    expect(events[0]).not.toHaveProperty(absent);
});

test.each([
  { type: 'application/octet-stream', isBase64Encoded: true },
  { type: 'application/x-www-form-urlencoded', isBase64Encoded: true },
  { type: 'text/csv', isBase64Encoded: false },
  { type: 'application/cloudevents+json', isBase64Encoded: false },
])('encodes a body of type $type: $isBase64Encoded', async ({ type, isBase64Encoded }) => {
  const { url, events } = await startUrl();
  await fetch(url, { method: 'POST', headers: { 'content-type': type }, body: 'a=b' });
  expect(events[0]).toMatchObject({ body: isBase64Encoded ? 'YT1i' : 'a=b', isBase64Encoded });
});

test.each([
  { what: 'an object without status code', result: { a: 1 }, status: 200, body: '{"a":1}' },
  { what: 'a text', result: 'hello', status: 200, body: '"hello"' },
  { what: 'null', result: null, status: 200, body: 'null' },
  { what: 'a status code alone', result: { statusCode: 204 }, status: 204, body: '' },
  {
    what: 'a body in base64',
    result: { statusCode: 200, body: 'aMO8', isBase64Encoded: true },
    status: 200,
    body: 'hü',
  },
  {
    what: 'a body that is no text',
    result: { statusCode: 200, body: {} },
    status: 502,
    body: 'Internal Server Error',
  },
  {
    what: 'an impossible status code',
    result: { statusCode: 9 },
    status: 502,
    body: 'Internal Server Error',
  },
  {
    what: 'an impossible header',
    result: { statusCode: 200, headers: { a: 'x\ny' } },
    status: 502,
    body: 'Internal Server Error',
  },
  {
    what: 'a function error',
    result: { outcome: 'failed', error: { errorType: 'E', errorMessage: 'secret' } },
    status: 502,
    body: 'Internal Server Error',
  },
  {
    what: 'a throttled invocation',
    result: { outcome: 'throttled' },
    status: 429,
    body: 'Too Many Requests',
  },
])('answers $what with $status', async ({ result, status, body }) => {
  const { url } = await startUrl(result);
  const response = await fetch(url);
  expect([response.status, await response.text()]).toEqual([status, body]);
});

test('answers with the headers and cookies of the function', async () => {
  const { url } = await startUrl({
    statusCode: 201,
    headers: { 'X-Number': 7, 'Content-Length': '999' },
    cookies: ['a=1; Secure', 'b=2'],
    body: 'made',
  });
  const { headers } = await fetch(url);
  expect(headers.getSetCookie()).toEqual(['a=1; Secure', 'b=2']);
  expect(headers.get('x-number')).toBe('7');
  expect(headers.get('content-type')).toBe('application/json');
  expect(headers.get('content-length')).toBe('4');
});

test('refuses a body above 6 MB and does not invoke', async () => {
  const { url, events } = await startUrl();
  const response = await fetch(url, { method: 'POST', body: Buffer.alloc(6 * 1024 * 1024 + 1) });
  expect(response.status).toBe(413);
  expect(events).toEqual([]);
});

test.each([
  { host: 'rebound.example:PORT', status: 403 },
  { host: '127.0.0.1', status: 403 },
  { host: 'localhost:PORT', status: 200 },
  { host: '[::1]:PORT', status: 200 },
])('answers $status to a Host of $host', async ({ host, status }) => {
  const { url } = await startUrl();
  const call = request(url, { headers: { host: host.replace('PORT', new URL(url).port) } }).end();
  const [response] = await once(call, 'response');
  await text(response);
  expect(response.statusCode).toBe(status);
});

const CORS: Cors = {
  allowOrigins: ['https://app.example'],
  allowMethods: ['GET', 'POST'],
  allowHeaders: ['x-mine'],
  exposeHeaders: ['x-theirs'],
  allowCredentials: true,
  maxAgeSeconds: 60,
};
const PREFLIGHT = { 'access-control-request-method': 'POST' };

test('answers a preflight from an allowed origin itself', async () => {
  const { url, events } = await startUrl(null, { cors: CORS });
  const { headers } = await fetch(url, {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example', ...PREFLIGHT },
  });
  expect(Object.fromEntries(headers)).toMatchObject({
    'access-control-allow-origin': 'https://app.example',
    'access-control-allow-methods': 'GET,POST',
    'access-control-allow-headers': 'x-mine',
    'access-control-allow-credentials': 'true',
    'access-control-max-age': '60',
    vary: 'Origin',
  });
  expect(events).toEqual([]);
});

test('gives a foreign origin no CORS headers', async () => {
  const { url } = await startUrl(null, { cors: CORS });
  const headers = { origin: 'https://evil.example' };
  for (const options of [{ headers }, { method: 'OPTIONS', headers: { ...headers, ...PREFLIGHT } }]) {
    const response = await fetch(url, options);
    expect([...response.headers.keys()].filter(name => name.startsWith('access-control'))).toEqual([]);
  }
});

test("puts CORS headers over the function's own", async () => {
  const result = { statusCode: 200, headers: { 'access-control-allow-origin': 'https://other.example' } };
  const { url } = await startUrl(result, { cors: { allowOrigins: ['*'], exposeHeaders: ['x-theirs'] } });
  const { headers } = await fetch(url, { headers: { origin: 'https://app.example' } });
  expect(headers.get('access-control-allow-origin')).toBe('*');
  expect(headers.get('access-control-expose-headers')).toBe('x-theirs');
});

const PAGE = { origin: 'https://evil.example' };
const SIGNATURE = {
  authorization: 'AWS4-HMAC-SHA256 Credential=AKID/20300312/eu-west-1/lambda/aws4_request',
};

test.each<[what: string, headers: Record<string, string>, path: string]>([
  ['of another origin', PAGE, ''],
  ['of a file or a sandboxed frame', { origin: 'null' }, ''],
  ['of another port', { origin: 'http://localhost:1' }, ''],
  ['that needs no Origin', { 'sec-fetch-site': 'cross-site' }, ''],
  ['with credentials of another kind', { ...PAGE, authorization: 'Basic dTpw' }, ''],
  [
    'signed in its query, which takes no preflight',
    PAGE,
    '?X-Amz-Credential=AKID%2F20300312%2Feu-west-1%2Flambda%2Faws4_request',
  ],
  ['of an origin that CORS allows', { origin: 'https://app.example' }, ''],
])('where pages have to sign, refuses a request %s', async (_what, headers, path) => {
  const { url, events } = await startUrl(null, { pagesSign: true, cors: CORS });
  const { port } = new URL(url);
  const [response] = await once(request(`http://127.0.0.1:${port}/${path}`, { headers }).end(), 'response');
  expect(response.statusCode).toBe(403);
  expect(response.headers['x-amzn-errortype']).toBe('AccessDeniedException');
  const [[header, value] = []] = Object.entries(headers);
  expect(JSON.parse(await text(response)).Message.toLowerCase()).toContain(`(${header}: ${value})`);
  expect(events).toEqual([]);
});

test.each<[what: string, headers: Record<string, string>]>([
  ['no page', {}],
  ['a page that signs', { ...PAGE, ...SIGNATURE }],
  ['a page of its own', { origin: 'http://127.0.0.1:PORT', 'sec-fetch-site': 'same-origin' }],
])('where pages have to sign, takes a request of %s', async (_what, headers) => {
  const { url, events } = await startUrl(null, { pagesSign: true });
  const { port } = new URL(url);
  const own = Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', port)] as const);
  const call = request(url, { headers: Object.fromEntries(own) }).end();
  const [response] = await once(call, 'response');
  await text(response);
  expect([response.statusCode, events.length]).toEqual([200, 1]);
});

test('where pages have to sign, answers the preflight that asks whether they may', async () => {
  const { url } = await startUrl(null, {
    pagesSign: true,
    cors: { ...CORS, allowHeaders: ['authorization'] },
  });
  const { headers } = await fetch(url, {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example', ...PREFLIGHT },
  });
  expect(headers.get('access-control-allow-headers')).toBe('authorization');
});

test('without CORS, refuses the preflight of a page that has to sign', async () => {
  const { url, events } = await startUrl(null, { pagesSign: true });
  const { status } = await fetch(url, { method: 'OPTIONS', headers: { ...PAGE, ...PREFLIGHT } });
  expect([status, events]).toEqual([403, []]);
});

// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html#urls-auth-none
test('where nobody has to sign, a page of any origin reaches the function', async () => {
  const { url, events } = await startUrl(null, { cors: CORS });
  expect((await fetch(url, { method: 'POST', headers: PAGE, body: '{}' })).status).toBe(200);
  expect(events).toHaveLength(1);
});

test('fails to start on a port that is taken, naming function and port', async () => {
  const port = Number(new URL((await startUrl()).url).port);
  await expect(startUrl(null, { port })).rejects.toThrow(
    `The function URL of fn cannot listen on port ${port}`,
  );
});
