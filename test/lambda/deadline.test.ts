import { expect, it, vi } from 'vitest';
import { NonRetryableError } from '../../contract/errors.ts';
import { defineTask } from '../../contract/task.ts';
import { handle } from '../../lambda/handle.ts';
import type { TaskRun } from '../../lambda/task-run.ts';
import { eventually } from '../eventually.ts';
import { envelopeOf, greet, START_MS, startCloud } from './consumer-fixture.ts';
import { never } from './process-life.ts';

const TIMEOUT_MS = 30_000;

/** The attempt of `run-1` at work, which goes on until its signal aborts. */
async function startAttempt(onAbort: (signal: AbortSignal) => unknown) {
  const cloud = await startCloud();
  const handler = vi.fn(
    (_: unknown, { signal }: TaskRun) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => {
          Promise.resolve(onAbort(signal)).then(resolve, reject);
        });
      }),
  );
  cloud.consume(handle(greet, handler));
  const message = await cloud.send(envelopeOf('run-1'));
  const delivery = cloud.deliver();
  await eventually(() => expect(handler).toHaveBeenCalledOnce());
  const signal = handler.mock.lastCall?.[1].signal ?? AbortSignal.abort();
  return { cloud, message, delivery, signal };
}

it.each([
  ['throws what the signal says', (signal: AbortSignal) => Promise.reject(signal.reason)],
  ['throws an error of its own', () => Promise.reject(new NonRetryableError('aborted'))],
  ['returns in time for nothing', () => 'done'],
  ['ignores its signal', () => never],
])('fails an attempt at the timeout of its task when the handler %s', async (_, onAbort) => {
  // GIVEN
  const { cloud, message, delivery, signal } = await startAttempt(onAbort);

  // WHEN
  cloud.clock.advance(TIMEOUT_MS - 1);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'running' });
  expect(signal.aborted).toBe(false);
  cloud.clock.advance(1);

  // THEN
  expect((await delivery).returned).toEqual([message]);
  expect(signal.aborted).toBe(true);
  const { error = '', ...item } = await cloud.item('run-1');
  expect(item).toMatchObject({ status: 'retrying', attempt: 1, notBefore: START_MS + TIMEOUT_MS + 10_000 });
  expect(JSON.parse(error)).toMatchObject({
    name: 'TaskTimeoutError',
    message: 'the attempt was not over after its timeout of 30s',
  });
});

it('counts the time that a schema takes', async () => {
  // GIVEN a schema whose look-up never ends
  const cloud = await startCloud();
  const validate = vi.fn(() => never);
  const payload = { '~standard': { version: 1, vendor: 'test', validate } } as const;
  cloud.consume(handle(defineTask({ name: 'look-up', payload }), () => {}));
  const message = await cloud.send(envelopeOf('run-1', { task: 'look-up' }));
  const delivery = cloud.deliver();
  await eventually(() => expect(validate).toHaveBeenCalledOnce());

  // WHEN
  cloud.clock.advance(TIMEOUT_MS);

  // THEN
  expect((await delivery).returned).toEqual([message]);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'retrying', attempt: 1 });
});

it('leaves no timer behind after an attempt', async () => {
  const cloud = await startCloud();
  cloud.consume(handle(greet, () => {}));
  await cloud.send(envelopeOf('run-1'));

  await cloud.deliver();

  expect(cloud.clock.sleepers()).toBe(0);
});

it('gives an attempt back whose function is about to end, and does not count it', async () => {
  // GIVEN a claim that took so long that the deadline comes before the attempt's timeout
  const cloud = await startCloud({ functionTimeoutMs: TIMEOUT_MS + 2000 });
  const handler = vi.fn<(payload: unknown, run: TaskRun) => unknown>().mockReturnValueOnce(never);
  cloud.consume(handle(greet, handler));
  const message = await cloud.send(envelopeOf('run-1'));
  cloud.wire.beforeCall(() => handler.mock.calls.length === 0 && cloud.clock.advance(600));
  const delivery = cloud.deliver();
  await eventually(() => expect(handler).toHaveBeenCalledOnce());
  const signal = handler.mock.lastCall?.[1].signal;

  // WHEN
  cloud.clock.advance(TIMEOUT_MS - 100 - 1);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'running', attempt: 1 });
  expect(signal?.aborted).toBe(false);
  cloud.clock.advance(1);

  // THEN
  expect((await delivery).returned).toEqual([message]);
  expect(signal?.aborted).toBe(true);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'retrying', attempt: 0 });
  expect(cloud.queue.counts().visible).toBe(1);
  await cloud.deliver();
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', attempt: 1 });
});

it('returns a message at once, unclaimed, when its attempt would not end before the deadline', async () => {
  // GIVEN
  const cloud = await startCloud({ functionTimeoutMs: TIMEOUT_MS + 1999 });
  const handler = vi.fn();
  cloud.consume(handle(greet, handler));
  const message = await cloud.send(envelopeOf('run-1'));

  // WHEN
  const { returned } = await cloud.deliver();

  // THEN
  expect(returned).toEqual([message]);
  expect(handler).not.toHaveBeenCalled();
  expect(await cloud.items()).toEqual([]);
  expect(cloud.queue.counts().visible).toBe(1);
});

it('answers for the records of a batch that wait behind a slow one', async () => {
  // GIVEN two records, one at a time, and a function that has time for one
  const cloud = await startCloud({ concurrency: 1 });
  const handler = vi.fn(
    (_: unknown, run: TaskRun) => new Promise(resolve => run.signal.addEventListener('abort', resolve)),
  );
  cloud.consume(handle(greet, handler));
  await cloud.send(envelopeOf('run-1'));
  await cloud.send(envelopeOf('run-2'));
  const delivery = cloud.deliver();
  await eventually(() => expect(handler).toHaveBeenCalledOnce());

  // WHEN
  cloud.clock.advance(TIMEOUT_MS);

  // THEN
  expect((await delivery).returned).toHaveLength(2);
  expect(handler).toHaveBeenCalledOnce();
  expect(await cloud.items()).toMatchObject([{ status: 'retrying', attempt: 1 }]);
});
