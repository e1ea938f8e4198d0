import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { accessKeyIdOf, functionNameOf } from '../../../local/lambda/environment-variables.ts';
import { eventually } from '../../eventually.ts';
import { createFakeClock } from '../fake-clock.ts';
import { type LambdaFixture, startLambda } from './lambda-fixture.ts';

const ECHO = `exports.handler = async event => {
  console.log('invoked');
  if (event.fail) throw new RangeError('no');
  return { got: event };
};`;

/** Calls Invoke as the SDKs do. */
async function serve({ service }: LambdaFixture) {
  const server = createServer((request, response) => void service.handle(request, response)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return async (functionName: string, body: string | Buffer | null, type?: string, query = '') => {
    const path = `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations${query}`;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      body,
      ...(type && { headers: { 'X-Amz-Invocation-Type': type } }),
    });
    const { headers, status } = response;
    const errors = { type: headers.get('x-amzn-errortype'), function: headers.get('x-amz-function-error') };
    return { status, errors, body: await response.text(), version: headers.get('x-amz-executed-version') };
  };
}

// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
test.each([
  'fn',
  'fn:$LATEST',
  '123456789012:function:fn',
  'arn:aws:lambda:eu-west-1:123456789012:function:fn:live',
])('invokes a function by %s', async functionName => {
  const lambda = startLambda();
  lambda.create(ECHO);
  const invoke = await serve(lambda);
  expect(await invoke(functionName, '{"a":1}')).toEqual({
    status: 200,
    errors: { type: null, function: null },
    body: '{"got":{"a":1}}',
    version: '$LATEST',
  });
});

test('takes a missing payload for an empty object, and a qualifier from the query', async () => {
  const lambda = startLambda();
  lambda.create(ECHO);
  const invoke = await serve(lambda);
  expect(await invoke('fn', null, 'RequestResponse', '?Qualifier=live')).toMatchObject({
    body: '{"got":{}}',
  });
});

test("answers a function's error with 200 and the error header", async () => {
  const lambda = startLambda();
  lambda.create(ECHO);
  const { status, errors, body } = await (await serve(lambda))('fn', '{"fail":true}');
  expect({ status, errors }).toEqual({ status: 200, errors: { type: null, function: 'Unhandled' } });
  expect(JSON.parse(body)).toMatchObject({ errorType: 'RangeError', errorMessage: 'no' });
});

test.each([
  {
    what: 'an unknown function',
    functionName: 'nobody',
    body: '{}',
    type: 'RequestResponse',
    status: 404,
    error: 'ResourceNotFoundException',
    message: 'Function not found: arn:aws:lambda:eu-west-1:123456789012:function:nobody',
  },
  {
    what: "another account's function",
    functionName: 'arn:aws:lambda:eu-west-1:999999999999:function:fn',
    body: '{}',
    type: 'RequestResponse',
    status: 404,
    error: 'ResourceNotFoundException',
    message: 'Function not found',
  },
  {
    what: 'a broken payload',
    functionName: 'fn',
    body: '{',
    type: 'RequestResponse',
    status: 400,
    error: 'InvalidRequestContentException',
    message: 'Could not parse request body into json',
  },
  {
    what: 'an unknown invocation type',
    functionName: 'fn',
    body: '{}',
    type: 'Later',
    status: 400,
    error: 'InvalidParameterValueException',
    message: 'got Later',
  },
  {
    what: 'more than 6 MB',
    functionName: 'fn',
    body: Buffer.alloc(6_291_457, '1'),
    type: 'RequestResponse',
    status: 413,
    error: 'RequestEntityTooLargeException',
    message: 'limit 6291456 bytes',
  },
  {
    what: 'an event of more than 1 MB',
    functionName: 'fn',
    body: Buffer.alloc(1_048_577, '1'),
    type: 'Event',
    status: 413,
    error: 'RequestEntityTooLargeException',
    message: 'limit 1048576 bytes',
  },
  {
    what: 'a throttled function',
    functionName: 'off',
    body: '{}',
    type: 'RequestResponse',
    status: 429,
    error: 'TooManyRequestsException',
    message: 'Rate Exceeded.',
  },
])('refuses $what with $status', async ({ functionName, body, type, status, error, message }) => {
  const lambda = startLambda();
  lambda.create(ECHO);
  lambda.create(ECHO, { name: 'off', reservedConcurrency: 0 });
  const answer = await (await serve(lambda))(functionName, body, type);
  expect(answer).toMatchObject({ status, errors: { type: error } });
  expect(JSON.parse(answer.body)).toMatchObject({ Type: 'User', message: expect.stringContaining(message) });
});

test('refuses the rest of the API by name', async () => {
  const lambda = startLambda();
  const server = createServer((request, response) => void lambda.service.handle(request, response)).listen(0);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/2015-03-31/functions/`);
  expect(response.status).toBe(501);
  expect(await response.json()).toMatchObject({
    message: expect.stringContaining('GET /2015-03-31/functions/ is not supported'),
  });
});

test('checks a dry run without invoking', async () => {
  const lambda = startLambda();
  lambda.create(ECHO);
  expect(await (await serve(lambda))('fn', '{}', 'DryRun')).toMatchObject({ status: 204, body: '' });
  expect(lambda.logs).toEqual([]);
});

test('accepts an event and invokes in the background, with two retries after errors', async () => {
  // GIVEN
  const clock = createFakeClock();
  const lambda = startLambda({ clock });
  lambda.create(ECHO);
  const invoke = await serve(lambda);
  const invoked = () => lambda.logs.filter(({ text }) => text === 'invoked').map(({ at }) => at - start);
  const failures = () => lambda.logs.filter(({ text }) => text === 'RangeError: no').length;
  const start = clock.now();
  // WHEN
  expect(await invoke('fn', '{"fail":true}', 'Event')).toMatchObject({ status: 202, body: '' });
  for (const [retry, delayMs] of [60_000, 120_000].entries()) {
    await eventually(() => expect([failures(), clock.timers()]).toEqual([retry + 1, 1]));
    clock.advance(delayMs);
  }
  // THEN
  await eventually(() => expect([failures(), clock.timers()]).toEqual([3, 0]));
  expect(invoked()).toEqual([0, 60_000, 180_000]);
});

test('answers with the end of the log when asked for', async () => {
  // GIVEN
  const lambda = startLambda();
  lambda.create('exports.handler = async n => { console.log("x".repeat(n)); console.log("last"); };');
  const invoke = await wire(lambda);
  // WHEN
  const short = await invoke('5', { 'X-Amz-Log-Type': 'Tail' });
  const long = await invoke('10000', { 'X-Amz-Log-Type': 'Tail' });
  // THEN
  const id = short.requestId;
  expect(short.log).toMatch(
    new RegExp(
      `^START RequestId: ${id} Version: \\$LATEST\nxxxxx\nlast\nEND RequestId: ${id}\nREPORT RequestId: ${id}\tDuration: `,
    ),
  );
  expect(Buffer.byteLength(long.log)).toBe(4096);
  expect(long.log).toContain('x\nlast\nEND');
});

test('answers a chain of invocations that has gone on for too long as Lambda does', async () => {
  const lambda = startLambda();
  lambda.create('exports.handler = async () => process.env._X_AMZN_TRACE_ID;');
  const invoke = await wire(lambda);
  let trace = '';
  for (let hop = 1; hop <= 16; hop++)
    trace = JSON.parse((await invoke('{}', { 'x-amzn-trace-id': trace })).body);
  const { status, body, error } = await invoke('{}', { 'x-amzn-trace-id': trace });
  expect([status, error]).toEqual([400, 'RecursiveInvocationException']);
  expect(JSON.parse(body).message).toContain('recursive loop');
});

test("leads from a function's access key back to its name", () => {
  expect(functionNameOf(accessKeyIdOf('my-fn'))).toBe('my-fn');
  expect(functionNameOf('AKIAIOSFODNN7EXAMPLE')).toBeUndefined();
});

test.each([
  { config: { runtime: 'python3.13' }, message: 'runtime python3.13' },
  { config: { codeDirectory: '/nowhere' }, message: 'no code folder at /nowhere' },
  { config: { name: 'taken' }, message: 'taken exists already' },
])('fails to create a function: $message', ({ config, message }) => {
  const { create } = startLambda();
  create(ECHO, { name: 'taken' });
  expect(() => create(ECHO, config)).toThrow(message);
});

/** Calls Invoke of `fn` with headers of the test's own. */
async function wire({ service }: LambdaFixture) {
  const server = createServer((request, response) => void service.handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/2015-03-31/functions/fn/invocations`;
  return async (body: string, sent: Record<string, string>) => {
    const { status, headers, ...response } = await fetch(url, { method: 'POST', body, headers: sent }).then(
      async answer => ({ status: answer.status, headers: answer.headers, body: await answer.text() }),
    );
    const log = Buffer.from(headers.get('x-amz-log-result') ?? '', 'base64').toString();
    return {
      status,
      ...response,
      log,
      requestId: headers.get('x-amzn-requestid'),
      error: headers.get('x-amzn-errortype'),
    };
  };
}
