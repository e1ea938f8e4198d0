import { expect, it, vi } from 'vitest';
import * as z from 'zod';
import { defineTask } from '../../contract/task.ts';
import { handle } from '../../lambda/handle.ts';
import { envelopeOf, letterIn, START_MS, startCloud } from './consumer-fixture.ts';

const DAY_MS = 86_400_000;
const reminder = defineTask({
  name: 'remind',
  payload: z.null(),
  maxAge: '1h',
  retry: { attempts: 2, backoff: { type: 'fixed', delay: '2h' } },
});
const HOUR_MS = 3_600_000;
const remind = (fields = {}) => envelopeOf('run-1', { task: 'remind', payload: null, ...fields });

it('dead-letters a run that is older than its maxAge before its first attempt', async () => {
  // GIVEN
  const cloud = await startCloud();
  const handler = vi.fn();
  cloud.consume(handle(reminder, handler));
  await cloud.send(remind());

  // WHEN
  await cloud.deliverAfter(HOUR_MS + 1);

  // THEN
  expect(handler).not.toHaveBeenCalled();
  expect(cloud.letters().map(letterIn)).toMatchObject([
    {
      deadLetter: {
        cause: 'expired',
        error: { message: "the run was 3600 s old before its first attempt, its task's maxAge is 1h" },
      },
    },
  ]);
});

it.each([
  ['is exactly as old as its maxAge', HOUR_MS, {}],
  ['was redriven', 3 * HOUR_MS, { epoch: 1, firstSentAt: START_MS - DAY_MS }],
])('starts a run that %s', async (_, age, fields) => {
  const cloud = await startCloud();
  const handler = vi.fn();
  cloud.consume(handle(reminder, handler));
  await cloud.send(remind(fields));

  await cloud.deliverAfter(age);

  expect(handler).toHaveBeenCalledOnce();
});

it('retries past the maxAge', async () => {
  const cloud = await startCloud();
  const handler = vi.fn().mockRejectedValueOnce(new Error('busy'));
  cloud.consume(handle(reminder, handler));
  await cloud.send(remind());
  await cloud.deliver();

  await cloud.deliverAfter(2 * HOUR_MS);

  expect(handler).toHaveBeenCalledTimes(2);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', attempt: 2 });
});
