import { expect, it, vi } from 'vitest';
import * as z from 'zod';
import { NonRetryableError, RetryAfterError } from '../../contract/errors.ts';
import { defineTask } from '../../contract/task.ts';
import { handle } from '../../lambda/handle.ts';
import { BACKOFF_MS, envelopeOf, greet, letterIn, START_MS, startCloud } from './consumer-fixture.ts';

async function failOnce({ thrown }: { thrown: unknown } = { thrown: new Error('smtp is down') }) {
  const cloud = await startCloud();
  const handler = vi.fn<() => unknown>().mockRejectedValueOnce(thrown);
  cloud.consume(handle(greet, handler));
  const message = await cloud.send(envelopeOf('run-1'));
  return { cloud, handler, message, delivery: await cloud.deliver() };
}

it('returns the message of a failed attempt, and records when and why another follows', async () => {
  const { cloud, message, delivery } = await failOnce();

  expect(delivery).toMatchObject({ acknowledged: [], returned: [message] });
  const { error = '', ...item } = await cloud.item('run-1');
  expect(item).toMatchObject({ status: 'retrying', attempt: 1, notBefore: START_MS + BACKOFF_MS });
  expect(JSON.parse(error)).toMatchObject({ name: 'Error', message: 'smtp is down' });
});

it('hides the message for exactly its backoff', async () => {
  const { cloud } = await failOnce();

  cloud.clock.advance(BACKOFF_MS - 1);
  expect(cloud.queue.counts()).toMatchObject({ visible: 0, inFlight: 1 });
  cloud.clock.advance(1);
  expect(cloud.queue.counts()).toMatchObject({ visible: 1, inFlight: 0 });
});

it('succeeds in a further attempt', async () => {
  const { cloud, handler } = await failOnce();

  const { returned } = await cloud.deliverAfter(BACKOFF_MS);

  expect(returned).toEqual([]);
  expect(handler).toHaveBeenCalledTimes(2);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', attempt: 2 });
});

it('lets a copy that comes before the backoff has ended wait, and counts no attempt', async () => {
  // GIVEN
  const { cloud, handler } = await failOnce();

  // WHEN
  const copy = await cloud.send(envelopeOf('run-1'));
  const { returned } = await cloud.deliver();

  // THEN
  expect(returned).toEqual([copy]);
  expect(handler).toHaveBeenCalledOnce();
  expect(await cloud.item('run-1')).toMatchObject({ status: 'retrying', attempt: 1 });
  cloud.clock.advance(BACKOFF_MS);
  expect(cloud.queue.counts()).toMatchObject({ visible: 1, inFlight: 1 });
});

it('waits as long as a RetryAfterError says', async () => {
  const { cloud } = await failOnce({ thrown: new RetryAfterError('90s') });

  cloud.clock.advance(89_999);
  expect(cloud.queue.counts().visible).toBe(0);
  cloud.clock.advance(1);
  expect(cloud.queue.counts().visible).toBe(1);
});

it('dead-letters a run at once whose handler throws a NonRetryableError', async () => {
  const { cloud, message, delivery } = await failOnce({ thrown: new NonRetryableError('no such user') });

  expect(delivery.acknowledged).toEqual([message]);
  expect(await cloud.item('run-1')).toMatchObject({
    status: 'deadLettered',
    cause: 'notRetryable',
    attempt: 1,
  });
  expect(cloud.letters().map(letterIn)).toMatchObject([
    { deadLetter: { cause: 'notRetryable', error: { name: 'NonRetryableError', message: 'no such user' } } },
  ]);
});

it.each([
  ['a string', 'smtp is down', { name: 'NonError', message: 'smtp is down' }],
  ['undefined', undefined, { name: 'NonError', message: 'undefined' }],
])('retries a handler that throws %s', async (_, thrown, error) => {
  const { cloud } = await failOnce({ thrown });

  const item = await cloud.item('run-1');
  expect(item).toMatchObject({ status: 'retrying', attempt: 1 });
  expect(JSON.parse(item.error ?? '')).toEqual(error);
});

it.each([
  'IdempotencyInconsistentStateError',
  'IdempotencyItemAlreadyExistsError',
  'ConditionalCheckFailedException',
])('counts one attempt when a handler throws an error named %s', async name => {
  const { cloud, handler } = await failOnce({ thrown: Object.assign(new Error('not from here'), { name }) });

  expect(handler).toHaveBeenCalledOnce();
  expect(await cloud.item('run-1')).toMatchObject({ status: 'retrying', attempt: 1 });
});

it('gives each attempt the payload as it was sent, whatever the handler before did to it', async () => {
  // GIVEN a schema that hands the payload through
  const cloud = await startCloud();
  const task = defineTask({
    name: 'tag',
    payload: z.custom<{ tags: string[] }>(() => true),
    retry: { attempts: 2 },
  });
  const seen: string[][] = [];
  cloud.consume(
    handle(task, ({ tags }) => {
      seen.push([...tags]);
      tags.push('mine');
      throw new Error('too late');
    }),
  );
  await cloud.send(envelopeOf('run-1', { task: 'tag', payload: { tags: ['first'] } }));

  // WHEN
  await cloud.deliver();
  await cloud.deliverAfter(3_600_000);

  // THEN
  expect(seen).toEqual([['first'], ['first']]);
  expect(cloud.letters().map(letterIn)).toMatchObject([{ payload: { tags: ['first'] } }]);
});

it('hides a message for less than twelve hours and lets it wait again, uncounted', async () => {
  // GIVEN
  const cloud = await startCloud();
  const handler = vi.fn().mockRejectedValueOnce(new RetryAfterError('1d'));
  cloud.consume(handle(greet, handler));
  await cloud.send(envelopeOf('run-1'));
  await cloud.deliver();
  const hidden = 11 * 3_600_000 + 50 * 60_000;

  // WHEN
  cloud.clock.advance(hidden - 1);
  expect(cloud.queue.counts().visible).toBe(0);
  await cloud.deliverAfter(1);
  await cloud.deliverAfter(hidden);

  // THEN
  expect(handler).toHaveBeenCalledOnce();
  expect(await cloud.item('run-1')).toMatchObject({ status: 'retrying', attempt: 1 });
  await cloud.deliverAfter(3_600_000);
  expect(handler).toHaveBeenCalledTimes(2);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', attempt: 2 });
});
