import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { eventually } from '../../eventually.ts';
import { isAlive, startLambda, stateOf, temporaryFolder } from './lambda-fixture.ts';

const PID = 'let calls = 0; exports.handler = async () => ({ pid: process.pid, calls: ++calls });';

async function payloadOf(invocation: Promise<unknown>): Promise<Record<string, number>> {
  return ((await invocation) as { payload: Record<string, number> }).payload;
}

// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle
test('uses a warm environment again', async () => {
  const fn = startLambda().create(PID);
  const first = await payloadOf(fn.invoke({}));
  expect(await payloadOf(fn.invoke({}))).toEqual({ pid: first.pid, calls: 2 });
});

test('keeps what was initialized ahead for the first invocation', async () => {
  const { create, logs } = startLambda();
  const fn = create(`console.log('cold'); ${PID}`);
  expect(await fn.initialize()).toBeUndefined();
  await fn.invoke({});
  expect(logs.filter(({ text }) => text === 'cold')).toHaveLength(1);
});

test('runs invocations side by side in environments of their own', async () => {
  const fn = startLambda().create(PID);
  const [one, other] = await Promise.all([payloadOf(fn.invoke({})), payloadOf(fn.invoke({}))]);
  expect(one?.pid).not.toBe(other?.pid);
});

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
test('throttles beyond the reserved concurrency', async () => {
  // GIVEN
  const fn = startLambda().create(PID, { reservedConcurrency: 1 });
  // WHEN
  const results = await Promise.all([fn.invoke({}), fn.invoke({})]);
  // THEN
  expect(results.map(({ outcome }) => outcome)).toEqual(['succeeded', 'throttled']);
  expect(await fn.invoke({})).toMatchObject({ outcome: 'succeeded' });
});

// https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
test('throttles beyond the concurrency that functions share', async () => {
  // GIVEN
  const { create } = startLambda({ accountConcurrency: 1 });
  const one = create(PID, { name: 'one' });
  const other = create(PID, { name: 'other' });
  const reserved = create(PID, { name: 'reserved', reservedConcurrency: 1 });
  // WHEN
  const results = await Promise.all([one.invoke({}), other.invoke({}), reserved.invoke({})]);
  // THEN
  expect(results.map(({ outcome }) => outcome)).toEqual(['succeeded', 'throttled', 'succeeded']);
});

// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-invoke
test('freezes an environment between invocations', async () => {
  // GIVEN
  const fn = startLambda().create(`let ticks = 0; setInterval(() => ticks++, 1);
    exports.handler = async () => ({ pid: process.pid, ticks });`);
  // WHEN
  const { pid = 0 } = await payloadOf(fn.invoke({}));
  // THEN
  await eventually(() => expect(stateOf(pid)).toMatch(/^T/));
  expect(await fn.invoke({})).toMatchObject({ outcome: 'succeeded' });
});

test('replaces an environment whose process was killed while it was idle', async () => {
  // GIVEN
  const fn = startLambda().create(PID);
  const { pid = 0 } = await payloadOf(fn.invoke({}));
  // WHEN
  process.kill(pid, 'SIGKILL');
  await eventually(() => expect(stateOf(pid)).toBe(''));
  // THEN
  expect((await payloadOf(fn.invoke({}))).pid).not.toBe(pid);
});

test('leaves no process and no file behind when it stops', async () => {
  // GIVEN
  const { service, create } = startLambda();
  const fn = create(`const { spawn } = require('node:child_process');
    exports.handler = async ({ hang }) => {
      const { pid } = spawn('sleep', ['1000'], { stdio: 'ignore' });
      console.log(JSON.stringify([process.pid, pid]));
      if (hang) await new Promise(() => {});
      return { mine: process.pid, started: pid, folder: process.env.LAMBDA_TASK_ROOT };
    };`);
  const { mine, started, folder } = await payloadOf(fn.invoke({}));
  const busy = fn.invoke({ hang: true });
  // WHEN
  await service.stop();
  // THEN
  expect(await busy).toMatchObject({ outcome: 'failed', error: { errorType: 'Runtime.ExitError' } });
  await eventually(() => expect([mine, started].filter(pid => isAlive(Number(pid)))).toEqual([]));
  expect(existsSync(String(folder))).toBe(false);
  expect(await fn.invoke({})).toEqual({ outcome: 'throttled' });
});

test('leaves no process behind when the engine is killed, frozen and endless ones neither', async () => {
  // GIVEN
  const codeDirectory = temporaryFolder();
  const pids = path.join(codeDirectory, 'pids');
  writeFileSync(
    path.join(codeDirectory, 'index.js'),
    `const { appendFileSync } = require('node:fs');
     exports.handler = async ({ spin }) => { appendFileSync(${JSON.stringify(pids)}, process.pid + '\\n'); if (spin) for (;;); };`,
  );
  const engine = fork(fileURLToPath(new URL('./engine-to-kill.ts', import.meta.url)), [codeDirectory]);
  await vi.waitFor(() => expect(existsSync(pids) && linesOf(pids)).toHaveLength(2), 10_000);
  // WHEN
  engine.kill('SIGKILL');
  await once(engine, 'exit');
  // THEN
  await vi.waitFor(() => expect(linesOf(pids).filter(pid => isAlive(Number(pid)))).toEqual([]), 10_000);
});

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').trim().split('\n');
}
