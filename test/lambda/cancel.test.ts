import { expect, it, vi } from 'vitest';
import { NonRetryableError } from '../../contract/errors.ts';
import { handle } from '../../lambda/handle.ts';
import type { TaskRun } from '../../lambda/task-run.ts';
import { eventually } from '../eventually.ts';
import {
  BACKOFF_MS,
  type Cloud,
  envelopeOf,
  FUNCTION_TIMEOUT_MS,
  greet,
  letterIn,
  START_MS,
  startCloud,
  VISIBILITY_TIMEOUT_MS,
} from './consumer-fixture.ts';
import { clientOf, holdAttempt, writesOf } from './held-attempt.ts';
import { never } from './process-life.ts';

const RETENTION_SECONDS = 2 * 86_400;

/** A canceled run whose message is gone and that left nothing else behind. */
async function expectCanceled(cloud: Cloud, message: string, delivery: Promise<{ acknowledged: string[] }>) {
  expect((await delivery).acknowledged).toEqual([message]);
  expect(cloud.queue.counts()).toMatchObject({ visible: 0, inFlight: 0 });
  expect(cloud.letters()).toEqual([]);
  const item = await cloud.item('run-1');
  expect(item).toMatchObject({
    status: 'canceled',
    finishedAt: cloud.clock.now(),
    expiresAt: Math.ceil(cloud.clock.now() / 1000) + RETENTION_SECONDS,
  });
  return item;
}

it.each([
  ['sign of life', 10_000, () => {}],
  ['progress write', 3000, (run: TaskRun) => run.progress(0.5)],
])('aborts the attempt of a running run at its next %s', async (_, afterMs, write) => {
  // GIVEN
  const cloud = await startCloud();
  const { run, handler, message, delivery } = await holdAttempt(cloud);

  // WHEN
  expect(await clientOf(cloud).cancelRun('run-1')).toMatchObject({ status: 'running' });
  cloud.clock.advance(afterMs - 1);
  await cloud.items();
  expect(run.signal.aborted).toBe(false);
  cloud.clock.advance(1);
  await write(run);

  // THEN
  await expectCanceled(cloud, message, delivery);
  expect(run.signal.reason).toMatchObject({ name: 'RunCanceledError', message: 'the run was canceled' });
  expect(handler).toHaveBeenCalledOnce();
  expect(writesOf(cloud)).toHaveLength(3);
  expect(cloud.lines).toMatchObject([{ level: 'INFO', message: 'run canceled', runId: 'run-1', attempt: 1 }]);
});

it('begins no step and writes no progress of a handler that goes on all the same', async () => {
  // GIVEN
  const cloud = await startCloud();
  const { run, delivery } = await holdAttempt(cloud);
  await clientOf(cloud).cancelRun('run-1');
  cloud.clock.advance(10_000);
  await delivery;
  const effect = vi.fn();

  // WHEN
  const step = run.step('charge', effect);
  cloud.clock.advance(10_000);
  const progress = run.progress(0.5);

  // THEN
  await expect(step).rejects.toThrow('the run was canceled');
  await expect(progress).rejects.toThrow('the run was canceled');
  expect(effect).not.toHaveBeenCalled();
  expect(writesOf(cloud)).toHaveLength(3);
});

it('lets a run succeed whose handler is done before it notices', async () => {
  const cloud = await startCloud();
  const { message, delivery, succeed } = await holdAttempt(cloud);

  await clientOf(cloud).cancelRun('run-1');
  succeed('done');

  expect((await delivery).acknowledged).toEqual([message]);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', result: '"done"' });
});

it('cancels a run whose attempt fails before it notices, and keeps the error', async () => {
  // GIVEN
  const cloud = await startCloud();
  const { handler, message, delivery, fail } = await holdAttempt(cloud);

  // WHEN
  await clientOf(cloud).cancelRun('run-1');
  fail(new Error('smtp is down'));

  // THEN
  const { error = '' } = await expectCanceled(cloud, message, delivery);
  expect(JSON.parse(error)).toMatchObject({ message: 'smtp is down' });
  expect(cloud.lines).toMatchObject([{ message: 'run canceled', error: { message: 'smtp is down' } }]);
  await cloud.deliverAfter(BACKOFF_MS + VISIBILITY_TIMEOUT_MS);
  expect(handler).toHaveBeenCalledOnce();
});

it('cancels a run whose attempt is given back before the deadline', async () => {
  // GIVEN a function that ends before the task's timeout
  const cloud = await startCloud({ functionTimeoutMs: FUNCTION_TIMEOUT_MS - 1000 });
  cloud.wire.beforeCall(() => cloud.clock.now() === START_MS && cloud.clock.advance(600));
  const { run, message, delivery } = await holdAttempt(cloud);
  cloud.wire.recover();
  cloud.wire.beforeCall((_, input) => {
    if (JSON.stringify(input).includes('heartbeatAt')) throw new Error('the table is out of reach');
  });

  // WHEN
  await clientOf(cloud).cancelRun('run-1');
  cloud.clock.advance(29_900);

  // THEN
  await expectCanceled(cloud, message, delivery);
  expect(run.signal.reason).toMatchObject({ name: 'ReleasedAttempt' });
});

it('recognises a run that was canceled between a lost answer and the repetition of its settling', async () => {
  // GIVEN a failed attempt whose settling is written, without the consumer's knowing
  const cloud = await startCloud();
  const { message, delivery, fail } = await holdAttempt(cloud);
  const client = clientOf(cloud);
  cloud.wire.loseAnswer('UpdateItemCommand', 1, () => client.cancelRun('run-1'));

  // WHEN
  fail(new Error('smtp is down'));

  // THEN
  await expectCanceled(cloud, message, delivery);
});

it.each([
  ['in its first attempt', 1],
  ['in its last', 3],
])('does not run a run again that was to be canceled when its process died %s', async (_, attempts) => {
  // GIVEN
  const cloud = await startCloud();
  const handler = vi.fn(() => cloud.crash());
  cloud.consume(handle(greet, handler));
  const message = await cloud.send(envelopeOf('run-1'));
  for (let attempt = 1; attempt <= attempts; attempt++) await cloud.deliverAfter(VISIBILITY_TIMEOUT_MS);
  expect(await clientOf(cloud).cancelRun('run-1')).toMatchObject({ status: 'running' });

  // WHEN
  cloud.clock.advance(VISIBILITY_TIMEOUT_MS);
  const delivery = cloud.deliver();

  // THEN
  await expectCanceled(cloud, message, delivery);
  expect(handler).toHaveBeenCalledTimes(attempts);
});

it('acknowledges the message of a run that was canceled while it was queued', async () => {
  // GIVEN
  const cloud = await startCloud();
  const handler = vi.fn();
  cloud.consume(handle(greet, handler));
  const client = clientOf(cloud);
  const { runId } = await client.sendTask(greet, { name: 'Ada' });
  expect(await client.cancelRun(runId)).toMatchObject({ status: 'canceled' });

  // WHEN
  const { acknowledged } = await cloud.deliver();

  // THEN
  expect(acknowledged).toHaveLength(1);
  expect(handler).not.toHaveBeenCalled();
  expect(await cloud.item(runId)).toMatchObject({ status: 'canceled', attempt: 0 });
});

it('acknowledges the message of a run that was canceled between two attempts', async () => {
  // GIVEN
  const cloud = await startCloud();
  const { handler, message, delivery, fail } = await holdAttempt(cloud);
  fail(new Error('smtp is down'));
  await delivery;
  expect(await clientOf(cloud).cancelRun('run-1')).toMatchObject({ status: 'canceled' });

  // WHEN
  const { acknowledged } = await cloud.deliverAfter(BACKOFF_MS);

  // THEN
  expect(acknowledged).toEqual([message]);
  expect(handler).toHaveBeenCalledOnce();
  expect(await cloud.item('run-1')).toMatchObject({ status: 'canceled', attempt: 1 });
});

it('dead-letters a run that fails for good before it notices, and its redrive forgets the request', async () => {
  // GIVEN
  const cloud = await startCloud();
  const { handler, delivery, fail } = await holdAttempt(cloud);
  const client = clientOf(cloud);
  await client.cancelRun('run-1');
  fail(new NonRetryableError('no such user'));
  await delivery;
  expect(await client.getRun('run-1')).toMatchObject({
    status: 'deadLettered',
    cancelRequestedAt: new Date(START_MS),
  });

  // WHEN
  for (const { body } of cloud.letters()) await cloud.send(body);
  await cloud.deliver();

  // THEN
  expect(handler).toHaveBeenCalledTimes(2);
  const item = await cloud.item('run-1');
  expect(item).toMatchObject({ status: 'succeeded', epoch: 1 });
  expect(item).not.toHaveProperty('cancelRequestedAt');
});

it('forgets with a redrive that the run was discarded', async () => {
  // GIVEN a run that was discarded, and a copy of its letter
  const cloud = await startCloud();
  const { delivery, fail } = await holdAttempt(cloud);
  fail(new NonRetryableError('no such user'));
  await delivery;
  const [letter] = cloud.letters();
  const { deadLetterKey: _, ...dead } = await cloud.item('run-1');
  await cloud.putItem({ ...dead, discardedAt: START_MS, discardReason: 'gone' });

  // WHEN
  await cloud.send(letter ? letterIn(letter) : '');
  await cloud.deliver();

  // THEN
  const item = await cloud.item('run-1');
  expect(item).toMatchObject({ status: 'succeeded', epoch: 1 });
  expect(item).not.toHaveProperty('discardedAt');
  expect(item).not.toHaveProperty('discardReason');
});

it.each([
  ['sign of life', 10_000, () => {}],
  ['progress write', 3000, (run: TaskRun) => run.progress(0.5)],
])('aborts an attempt that has lost its run to another at its next %s', async (_, afterMs, write) => {
  // GIVEN a process that was frozen past its lease, and an attempt that has taken over
  const cloud = await startCloud();
  const { run, handler, message, delivery } = await holdAttempt(cloud);
  await cloud.putItem({ ...(await cloud.item('run-1')), leaseUntil: 0 });
  await cloud.send(envelopeOf('run-1'));
  handler.mockReturnValueOnce(never);
  void cloud.deliver();
  await eventually(() => expect(handler).toHaveBeenCalledTimes(2));
  const item = await cloud.item('run-1');

  // WHEN
  cloud.clock.advance(afterMs);
  await write(run);

  // THEN
  expect((await delivery).returned).toEqual([message]);
  expect(run.signal.reason).toMatchObject({
    name: 'LeaseLost',
    message: 'the attempt no longer holds its run',
  });
  expect(await cloud.item('run-1')).toMatchObject({ status: 'running', attempt: 2, leaseId: item.leaseId });
  expect(await cloud.item('run-1')).not.toHaveProperty('progress');
});
