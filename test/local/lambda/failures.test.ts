import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FunctionHost } from '../../../local/lambda/local-function.ts';
import { eventually } from '../../eventually.ts';
import { createFakeClock } from '../fake-clock.ts';
import { isAlive, startLambda } from './lambda-fixture.ts';

const HANDLER = `exports.handler = async ({ mode }) => {
  if (mode === 'throw') throw Object.assign(new TypeError('wrong'), { name: 'MyError' });
  if (mode === 'throw text') throw 'wrong';
  if (mode === 'exit') process.exit(3);
  if (mode === 'exit 0') process.exit(0);
  if (mode === 'uncaught') { setImmediate(() => { throw new Error('late'); }); await new Promise(() => {}); }
  if (mode === 'rejection') Promise.reject(new Error('unhandled'));
  if (mode === 'memory') { const all = []; for (;;) all.push(new Array(10_000).fill(all.length)); }
  if (mode === 'hang') await new Promise(() => {});
  if (mode === 'spin') for (;;);
  if (mode === 'large') return 'x'.repeat(6_300_000);
  if (mode === 'circular') { const a = {}; a.a = a; return a; }
  return process.pid;
};`;

async function errorOf(fn: FunctionHost, mode: string) {
  const result = await fn.invoke({ mode });
  if (result.outcome !== 'failed') throw new Error(`expected a failure, got ${result.outcome}`);
  return result.error;
}

async function pidOf(fn: FunctionHost): Promise<number> {
  const result = await fn.invoke({});
  if (result.outcome !== 'succeeded') throw new Error(`expected a success, got ${JSON.stringify(result)}`);
  return Number(result.payload);
}

test('answers what the handler throws, with its name and trace, and stays warm', async () => {
  const { create, logs } = startLambda();
  const fn = create(HANDLER);
  const pid = await pidOf(fn);
  expect(await errorOf(fn, 'throw')).toMatchObject({
    errorType: 'MyError',
    errorMessage: 'wrong',
    trace: expect.arrayContaining(['MyError: wrong', expect.stringContaining('index.js:2:45')]),
  });
  expect(logs).toContainEqual(
    expect.objectContaining({ stream: 'stderr', text: expect.stringContaining('wrong') }),
  );
  expect(await pidOf(fn)).toBe(pid);
});

test('answers a thrown text as Lambda does', async () => {
  expect(await errorOf(startLambda().create(HANDLER), 'throw text')).toEqual({
    errorType: 'string',
    errorMessage: 'wrong',
    trace: [],
  });
});

test.each([
  {
    mode: 'exit',
    errorType: 'Runtime.ExitError',
    errorMessage: /^RequestId: \S+ Error: Runtime exited with error: exit status 3$/,
  },
  {
    mode: 'exit 0',
    errorType: 'Runtime.ExitError',
    errorMessage: /^RequestId: \S+ Error: Runtime exited without providing a reason$/,
  },
  { mode: 'uncaught', errorType: 'Error', errorMessage: /^late$/ },
  { mode: 'rejection', errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: /^Error: unhandled$/ },
  {
    mode: 'memory',
    errorType: 'Runtime.ExitError',
    errorMessage: /^RequestId: \S+ Error: Runtime exited with error: signal: aborted$/,
  },
])('contains $mode and goes on in a new environment', async ({ mode, errorType, errorMessage }) => {
  // GIVEN
  const fn = startLambda().create(HANDLER, { memoryMb: 64, timeoutSeconds: 60 });
  const pid = await pidOf(fn);
  // WHEN
  const error = await errorOf(fn, mode);
  // THEN
  expect(error).toMatchObject({ errorType, errorMessage: expect.stringMatching(errorMessage) });
  expect(await pidOf(fn)).not.toBe(pid);
  await eventually(() => expect(isAlive(pid)).toBe(false));
});

test.each(['hang', 'spin'])('kills a handler that %ss at its timeout', async mode => {
  // GIVEN
  const clock = createFakeClock();
  const fn = startLambda({ clock }).create(HANDLER, { timeoutSeconds: 2 });
  const pid = await pidOf(fn);
  // WHEN
  const failure = errorOf(fn, mode);
  clock.advance(2_000);
  // THEN
  expect(await failure).toEqual({
    errorType: 'Sandbox.Timedout',
    errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Task timed out after 2\.00 seconds$/),
  });
  await eventually(() => expect(isAlive(pid)).toBe(false));
  expect(clock.timers()).toBe(0);
});

test('answers before its timeout without leaving a timer', async () => {
  const clock = createFakeClock();
  await pidOf(startLambda({ clock }).create(HANDLER));
  expect(clock.timers()).toBe(0);
});

test('fails a response above 6 MB', async () => {
  expect(await errorOf(startLambda().create(HANDLER), 'large')).toEqual({
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
  });
});

test('fails a response that is not JSON', async () => {
  const error = await errorOf(startLambda().create(HANDLER), 'circular');
  expect(error).toMatchObject({ errorType: 'Runtime.JSONStringifyError' });
});

test.each([
  {
    what: 'a missing file',
    code: '',
    handler: 'main.handler',
    errorType: 'Runtime.ImportModuleError',
    errorMessage: "Error: Cannot find module 'main'",
  },
  {
    what: 'a missing import',
    code: "require('./nowhere')",
    handler: 'index.handler',
    errorType: 'Runtime.ImportModuleError',
    errorMessage: "Cannot find module './nowhere'",
  },
  {
    what: 'a missing export',
    code: 'exports.other = 1',
    handler: 'index.handler',
    errorType: 'Runtime.HandlerNotFound',
    errorMessage: 'index.handler is undefined or not exported',
  },
  {
    what: 'an export that is no function',
    code: 'exports.handler = 1',
    handler: 'index.handler',
    errorType: 'Runtime.HandlerNotFound',
    errorMessage: 'index.handler is not a function',
  },
  {
    what: 'a syntax error',
    code: 'exports.handler = {',
    handler: 'index.handler',
    errorType: 'Runtime.UserCodeSyntaxError',
    errorMessage: 'SyntaxError',
  },
  {
    what: 'a handler without export name',
    code: '',
    handler: 'index',
    errorType: 'Runtime.MalformedHandlerName',
    errorMessage: "'index'",
  },
  {
    what: 'a module that throws',
    code: 'throw new RangeError("at load")',
    handler: 'index.handler',
    errorType: 'RangeError',
    errorMessage: 'at load',
  },
  {
    what: 'a module that exits',
    code: 'process.exit(7)',
    handler: 'index.handler',
    errorType: 'Runtime.ExitError',
    errorMessage: 'Error: Runtime exited with error: exit status 7',
  },
])('reports $what at the initialization and at each invocation', async ({
  code,
  handler,
  errorType,
  errorMessage,
}) => {
  const fn = startLambda().create(code, { handler });
  const error = { errorType, errorMessage: expect.stringContaining(errorMessage) };
  expect(await fn.initialize()).toMatchObject(error);
  expect(await fn.invoke({})).toMatchObject({ outcome: 'failed', error });
});

// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
describe('an initialization that takes more than ten seconds', () => {
  /** Says in which folder it is initialized for the how manieth time, and goes on once that is allowed. */
  const SLOW = `
    const fs = require('node:fs');
    const times = fs.existsSync('begun') ? 2 : 1;
    fs.writeFileSync('begun', '');
    fs.writeSync(1, times + ' ' + process.cwd() + '\\n');
    while (!fs.existsSync('go-on-' + times));
    exports.handler = async (_, context) => context.getRemainingTimeInMillis();
  `;

  test('is begun anew, within the time of the invocation', async () => {
    // GIVEN
    const clock = createFakeClock();
    const { create, logs } = startLambda({ clock });
    const fn = create(SLOW, { timeoutSeconds: 3 });
    const said = (times: number) => logs.find(({ text }) => text.startsWith(`${times} `))?.text.slice(2);
    // WHEN
    const result = fn.invoke({});
    await eventually(() => expect(said(1)).toBeDefined());
    clock.advance(10_000);
    await eventually(() => expect(said(2)).toBeDefined());
    clock.advance(1000);
    writeFileSync(path.join(String(said(2)), 'go-on-2'), '');
    // THEN
    const { outcome, payload } = (await result) as { outcome: string; payload?: unknown };
    expect(outcome).toBe('succeeded');
    expect(payload).toBeLessThanOrEqual(2000);
    expect(payload).toBeGreaterThan(0);
  });

  test('fails when the time of the invocation ends before it', async () => {
    const clock = createFakeClock();
    const { create, logs } = startLambda({ clock });
    const fn = create(SLOW, { timeoutSeconds: 3 });
    const result = fn.invoke({});
    clock.advance(10_000);
    await eventually(() => expect(logs).not.toEqual([]));
    clock.advance(3000);
    expect(await result).toMatchObject({ outcome: 'failed', error: { errorType: 'Sandbox.Timedout' } });
  });
});
