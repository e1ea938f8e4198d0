import { expect, it, vi } from 'vitest';
import { NonRetryableError } from '../../contract/errors.ts';
import { defineTask } from '../../contract/task.ts';
import { handle } from '../../lambda/handle.ts';
import {
  BACKOFF_MS,
  envelopeOf,
  greet,
  START_MS,
  startCloud,
  VISIBILITY_TIMEOUT_MS,
} from './consumer-fixture.ts';

const DAY_MS = 86_400_000;

/** The longest retention of `greet`. */
const LONGEST_MS = 40 * DAY_MS;

it('keeps a run that is not over for as long as its message can come back', async () => {
  // GIVEN a task whose finished runs are soon forgotten
  const retention = { succeeded: '1m', deadLettered: '1m', canceled: '1m' } as const;
  const task = defineTask({ ...greet, payload: greet.payload, retention });
  const cloud = await startCloud();
  const handler = vi.fn().mockRejectedValueOnce(new Error('smtp is down'));
  cloud.consume(handle(task, handler));
  await cloud.send(envelopeOf('run-1'));

  // WHEN
  await cloud.deliver();

  // THEN
  expect(await cloud.item('run-1')).toMatchObject({
    status: 'retrying',
    expiresAt: Math.ceil((START_MS + BACKOFF_MS / 2 + 14 * DAY_MS) / 1000),
  });
  await cloud.deliverAfter(3_600_000);
  expect(await cloud.item('run-1')).toMatchObject({
    status: 'succeeded',
    expiresAt: (START_MS + 3_660_000) / 1000,
  });
});

it.each([
  ['succeeded', () => Promise.resolve()],
  ['deadLettered', () => Promise.reject(new NonRetryableError('no such address'))],
] as const)('keeps a run that was moved, and has %s, until no earlier message of it can come', async (status, work) => {
  const task = defineTask({
    ...greet,
    payload: greet.payload,
    retention: { succeeded: '1m', deadLettered: '1m' },
  });
  const cloud = await startCloud();
  cloud.consume(handle(task, work));
  const latestCopyAt = START_MS + 90 * DAY_MS;
  await cloud.putItem({
    ...{ runId: 'run-1', task: greet.name, status: 'queued', epoch: 0, attempt: 0, createdAt: START_MS },
    ...{ moves: 1, latestCopyAt },
  });
  await cloud.send({ ...envelopeOf('run-1'), moves: 1 });

  await cloud.deliver();

  expect(await cloud.item('run-1')).toMatchObject({
    status,
    expiresAt: (latestCopyAt + 14 * DAY_MS) / 1000,
  });
});

it('begins the time of a redriven run anew', async () => {
  // GIVEN a run whose last day in the table has come
  const cloud = await startCloud();
  const handler = vi.fn().mockRejectedValue(new Error('smtp is down'));
  cloud.consume(handle(greet, handler));
  await cloud.send(envelopeOf('run-1'));
  for (let attempt = 1; attempt <= 3; attempt++) await cloud.deliverAfter(BACKOFF_MS);
  const [letter] = cloud.letters();
  cloud.clock.advance(LONGEST_MS - DAY_MS);

  // WHEN
  await cloud.send(letter?.body ?? '');
  await cloud.deliver();

  // THEN
  expect(await cloud.item('run-1')).toMatchObject({
    status: 'retrying',
    epoch: 1,
    expiresAt: (cloud.clock.now() + BACKOFF_MS + LONGEST_MS) / 1000,
  });
});

it('begins the time of a run anew whose process died', async () => {
  // GIVEN
  const cloud = await startCloud();
  const handler = vi.fn().mockImplementationOnce(() => cloud.crash());
  handler.mockRejectedValueOnce(new Error('smtp is down'));
  cloud.consume(handle(greet, handler));
  await cloud.send(envelopeOf('run-1'));
  await cloud.deliver();

  // WHEN
  await cloud.deliverAfter(VISIBILITY_TIMEOUT_MS);

  // THEN
  expect(await cloud.item('run-1')).toMatchObject({
    attempt: 2,
    expiresAt: (START_MS + VISIBILITY_TIMEOUT_MS + BACKOFF_MS + LONGEST_MS) / 1000,
  });
});
