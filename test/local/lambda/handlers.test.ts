import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startLambda, temporaryFolder } from './lambda-fixture.ts';

// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
test('calls a CommonJS handler with the event and answers its result', async () => {
  const fn = startLambda().create('exports.handler = async event => ({ got: event });');
  expect(await fn.invoke({ a: [1, 'ü'] })).toEqual({
    outcome: 'succeeded',
    payload: { got: { a: [1, 'ü'] } },
  });
});

test('calls an ES module handler', async () => {
  const code = 'export const handler = async () => import.meta.url.slice(-9);';
  const fn = startLambda().create(code, { file: 'index.mjs' });
  expect(await fn.invoke({})).toEqual({ outcome: 'succeeded', payload: 'index.mjs' });
});

test('calls a .cjs handler', async () => {
  const fn = startLambda().create('exports.handler = async () => 1;', { file: 'index.cjs' });
  expect(await fn.invoke({})).toEqual({ outcome: 'succeeded', payload: 1 });
});

test('calls a nested export of a file in a folder that Node cannot see statically', async () => {
  // GIVEN
  const codeDirectory = temporaryFolder();
  mkdirSync(path.join(codeDirectory, 'src'));
  writeFileSync(
    path.join(codeDirectory, 'src', 'app.js'),
    'module.exports = make(); function make() { return { a: { b: async () => 2 } }; }',
  );
  // WHEN
  const fn = startLambda().create('', { codeDirectory, handler: 'src/app.a.b' });
  // THEN
  expect(await fn.invoke({})).toEqual({ outcome: 'succeeded', payload: 2 });
});

test.each([
  'assets',
  'temporary files',
])('loads a CommonJS bundle with %s below a package of type module', async what => {
  // GIVEN
  const project = temporaryFolder();
  writeFileSync(path.join(project, 'package.json'), '{ "type": "module" }');
  if (what === 'temporary files') vi.stubEnv('TMPDIR', project);
  onTestFinished(() => void vi.unstubAllEnvs());
  const codeDirectory = path.join(project, 'cdk.out', 'asset.1');
  mkdirSync(codeDirectory, { recursive: true });
  writeFileSync(path.join(codeDirectory, 'index.js'), 'exports.handler = async () => 3;');
  // WHEN
  const fn = startLambda().create('', { codeDirectory });
  // THEN
  expect(await fn.invoke({})).toEqual({ outcome: 'succeeded', payload: 3 });
});

test('answers null for a handler that returns nothing', async () => {
  const fn = startLambda().create('exports.handler = async () => {};');
  expect(await fn.invoke({})).toEqual({ outcome: 'succeeded', payload: null });
});

// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
test('answers by the callback up to nodejs22.x', async () => {
  const code =
    'exports.handler = (event, context, callback) => { setImmediate(callback, null, event.n + 1); };';
  const fn = startLambda().create(code, { runtime: 'nodejs22.x' });
  expect(await fn.invoke({ n: 1 })).toEqual({ outcome: 'succeeded', payload: 2 });
});

test("answers a callback's error as a failure", async () => {
  const code = 'exports.handler = (event, context, callback) => callback(new RangeError("no"));';
  const fn = startLambda().create(code, { runtime: 'nodejs22.x' });
  expect(await fn.invoke({})).toMatchObject({
    outcome: 'failed',
    error: { errorType: 'RangeError', errorMessage: 'no' },
  });
});

test('fails the initialization of a callback handler from nodejs24.x on', async () => {
  const fn = startLambda().create('exports.handler = (event, context, callback) => callback(null, 1);');
  expect(await fn.initialize()).toMatchObject({ errorType: 'Runtime.CallbackHandlerDeprecated' });
});

// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
test('gives the handler the context of Lambda', async () => {
  const { create, logs } = startLambda();
  const fn = create(`exports.handler = async (event, context) => {
    console.log('hello');
    return { ...context, remaining: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID };
  };`);
  const result = await fn.invoke({});
  expect(result).toEqual({
    outcome: 'succeeded',
    payload: {
      functionName: 'fn',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:fn',
      memoryLimitInMB: '128',
      awsRequestId: logs[0]?.requestId,
      logGroupName: '/aws/lambda/fn',
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      remaining: expect.toSatisfy(ms => ms > 9_000 && ms <= 10_000),
      trace: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};/),
    },
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
test('runs in an environment of its own, without that of the machine', async () => {
  vi.stubEnv('ONLY_ON_THIS_MACHINE', 'secret');
  onTestFinished(() => void vi.unstubAllEnvs());
  const code = `const { homedir } = require('node:os');
    exports.handler = async () => ({ ...process.env, home: homedir(), ipc: typeof process.send, cwd: process.cwd() });`;
  const fn = startLambda().create(code, {
    environment: { MINE: '1', AWS_REGION: 'mars', AWS_ENDPOINT_URL: 'https://aws' },
  });
  const { payload } = (await fn.invoke({})) as { payload: Record<string, string> };
  expect(payload).toMatchObject({
    MINE: '1',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_ACCESS_KEY_ID: 'function.fn',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    TZ: ':UTC',
    _HANDLER: 'index.handler',
    ipc: 'undefined',
    cwd: payload.LAMBDA_TASK_ROOT,
  });
  expect(payload.home).not.toBe(process.env.HOME);
  expect(payload).not.toHaveProperty('ONLY_ON_THIS_MACHINE');
});

test('gives out lines with the request they belong to, before the answer', async () => {
  // GIVEN
  const { create, logs } = startLambda();
  const fn = create(`console.log('loading');
    exports.handler = async (event, context) => {
      console.log('first\\nsecond');
      console.error('wrong');
      process.stdout.write('unended');
      return context.awsRequestId;
    };`);
  // WHEN
  const { payload: requestId } = (await fn.invoke({})) as { payload: string };
  // THEN
  const lines = logs.map(({ at, functionName, ...line }) => line);
  expect(lines).toEqual(
    expect.arrayContaining([
      { stream: 'stdout', text: 'loading' },
      { requestId, stream: 'stdout', text: 'first' },
      { requestId, stream: 'stdout', text: 'second' },
      { requestId, stream: 'stdout', text: 'unended' },
      { requestId, stream: 'stderr', text: 'wrong' },
    ]),
  );
  expect(lines).toHaveLength(5);
});

test('keeps the lines of many invocations apart', async () => {
  // GIVEN
  const { create, logs } = startLambda();
  const fn = create(`exports.handler = async (event, { awsRequestId }) => {
    console.log(awsRequestId + '.'.repeat(100_000));
    console.error(awsRequestId);
  };`);
  // WHEN
  await Promise.all(
    [1, 2, 3].map(async () => {
      for (let call = 0; call < 100; call += 1) await fn.invoke({});
    }),
  );
  // THEN
  expect(logs).toHaveLength(600);
  expect(logs.filter(({ requestId = '?', text }) => !text.startsWith(requestId))).toEqual([]);
});
