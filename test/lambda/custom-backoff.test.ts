import { expect, it, vi } from 'vitest';
import type { DurationString } from '../../contract/duration.ts';
import { RetryAfterError } from '../../contract/errors.ts';
import { longestRetrySpanMs, resolveRetryPolicy } from '../../contract/retry-policy.ts';
import { defineTask } from '../../contract/task.ts';
import { handle } from '../../lambda/handle.ts';
import { envelopeOf, greet, letterIn, START_MS, startCloud } from './consumer-fixture.ts';

const MAX_MS = 3_600_000;

type Delay = (attempt: number, error: unknown) => DurationString | 'dead-letter';

/** A run of three attempts that fails once, with a backoff that the test answers. */
async function failOnce(delay: Delay, thrown: unknown = new Error('smtp is down')) {
  const cloud = await startCloud();
  const task = defineTask({
    name: 'mail',
    payload: greet.payload,
    retry: { attempts: 3, backoff: { type: 'custom', delay, max: '1h' } },
  });
  cloud.consume(handle(task, () => Promise.reject(thrown)));
  await cloud.send(envelopeOf('run-1', { task: 'mail' }));
  await cloud.deliver();
  return cloud;
}

const errorIn = ({ error = 'null' }: { error?: string }) => JSON.parse(error) as unknown;

it('asks with each failed attempt and what it threw, but not after the last', async () => {
  // GIVEN
  const thrown = new Error('smtp is down');
  const delay = vi.fn<Delay>(attempt => `${attempt * 7}s`);
  const cloud = await failOnce(delay, thrown);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'retrying', notBefore: START_MS + 7000 });

  // WHEN
  await cloud.deliverAfter(7000);
  expect(await cloud.item('run-1')).toMatchObject({
    status: 'retrying',
    notBefore: START_MS + 7000 + 14_000,
  });
  await cloud.deliverAfter(14_000);

  // THEN
  expect(await cloud.item('run-1')).toMatchObject({ status: 'deadLettered', cause: 'attemptsUsedUp' });
  expect(delay.mock.calls).toEqual([
    [1, thrown],
    [2, thrown],
  ]);
});

it('dead-letters a run at once when it says so', async () => {
  const cloud = await failOnce(() => 'dead-letter');

  expect(await cloud.item('run-1')).toMatchObject({
    status: 'deadLettered',
    cause: 'notRetryable',
    attempt: 1,
  });
  expect(cloud.letters().map(letterIn)).toMatchObject([
    { deadLetter: { error: { message: 'smtp is down' } } },
  ]);
});

it('is not asked where the handler has said when', async () => {
  const delay = vi.fn<Delay>(() => 'dead-letter');

  const cloud = await failOnce(delay, new RetryAfterError('90s'));

  expect(delay).not.toHaveBeenCalled();
  expect(await cloud.item('run-1')).toMatchObject({ status: 'retrying', notBefore: START_MS + 90_000 });
});

it('waits no longer than its max', async () => {
  const cloud = await failOnce(() => '2h');

  expect(await cloud.item('run-1')).toMatchObject({ status: 'retrying', notBefore: START_MS + MAX_MS });
});

it.each([
  [
    'throws',
    () => {
      throw new Error('no such header');
    },
    'no such header',
  ],
  ['answers what is no duration', () => 'soon', /^the custom backoff must be .* got 'soon'$/],
  ['answers a number', () => 5000, /^the custom backoff must be .* got '5000'$/],
  ['answers a promise', async () => '5s', /^the custom backoff must be .* got '\[object Promise\]'$/],
])('waits its max when it %s, and keeps both errors', async (_, delay, reason) => {
  const cloud = await failOnce(delay as Delay);

  const item = await cloud.item('run-1');
  expect(item).toMatchObject({ status: 'retrying', attempt: 1, notBefore: START_MS + MAX_MS });
  const { message, cause } = errorIn(item) as { message: string; cause: unknown };
  const [intro, said] = message.split('its max was taken: ');
  expect(intro).toBe('the custom backoff failed, ');
  expect(said).toEqual(expect.stringMatching(reason));
  expect(cause).toMatchObject({ message: 'smtp is down' });
});

it("counts as its max in the longest span of a task's retries", () => {
  const retry = resolveRetryPolicy({
    attempts: 4,
    backoff: { type: 'custom', delay: () => '1s', max: '2h' },
  });

  expect(longestRetrySpanMs(retry, 30_000)).toBe(4 * 30_000 + 3 * 2 * 3_600_000);
});

it('fails when its max is no duration, naming the option', () => {
  const backoff = { type: 'custom', delay: () => '1s', max: 'a day' } as const;

  // @ts-expect-error not a duration
  expect(() => resolveRetryPolicy({ backoff })).toThrow(/^retry\.backoff\.max must be .* got 'a day'$/);
});
