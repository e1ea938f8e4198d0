import { expect, it, vi } from 'vitest';
import * as z from 'zod';
import { defineTask } from '../../contract/task.ts';
import { handle } from '../../lambda/handle.ts';
import {
  BACKOFF_MS,
  envelopeOf,
  greet,
  letterIn,
  START_MS,
  startCloud,
  UNKNOWN_TASK_GRACE_MS,
} from './consumer-fixture.ts';

it.each([
  ['no JSON', 'not json', 'malformed', /^the body is not JSON/],
  ['no object', '42', 'malformed', /^the body must be a JSON object/],
  ['of another version', envelope({ v: 2 }), 'malformed', /^v must be 1/],
  ['without a task', envelope({ task: undefined }), 'malformed', /^task must be a task's name/],
  ['with a payload that its schema refuses', envelope({ payload: { name: 7 } }), 'invalidPayload', /name: /],
  [
    'without a payload',
    envelope({ payload: undefined }),
    'invalidPayload',
    /^The payload of task 'greet' is not valid/,
  ],
])('dead-letters a message that is %s, and runs its neighbours', async (_, body, cause, reason) => {
  // GIVEN
  const cloud = await startCloud();
  const handler = vi.fn();
  cloud.consume(handle(greet, handler));
  await cloud.send(envelopeOf('before'));
  const bad = await cloud.send(body);
  await cloud.send(envelopeOf('after'));

  // WHEN
  const { returned } = await cloud.deliver();

  // THEN
  expect(returned).toEqual([]);
  expect(handler).toHaveBeenCalledTimes(2);
  const runId = cause === 'malformed' ? bad : 'bad';
  expect(await cloud.item(runId)).toMatchObject({ status: 'deadLettered', cause, attempt: 1 });
  expect(cloud.letters().map(letterIn)).toMatchObject([
    { runId, epoch: 1, deadLetter: { cause, error: { message: expect.stringMatching(reason) } } },
  ]);
});

function envelope(fields: object): string {
  return JSON.stringify({ ...envelopeOf('bad'), ...fields });
}

it('keeps the body of a malformed message in its letter, and reads it again at a redrive', async () => {
  // GIVEN
  const cloud = await startCloud();
  const handler = vi.fn();
  cloud.consume(handle(greet, handler));
  const message = await cloud.send('not json');
  await cloud.deliver();
  const [letter] = cloud.letters();

  // WHEN an operator corrects the body and moves the letter back
  expect(letter && letterIn(letter)).toMatchObject({ malformedBody: 'not json', runId: message, epoch: 1 });
  const corrected = JSON.stringify({ task: 'greet', payload: { name: 'Ada' } });
  await cloud.send({ ...(letter && letterIn(letter)), malformedBody: corrected });
  await cloud.deliver();

  // THEN
  expect(handler).toHaveBeenCalledOnce();
  expect(await cloud.item(message)).toMatchObject({ status: 'succeeded', epoch: 1, attempt: 1 });
});

it('dead-letters a malformed message however short the time of its function is', async () => {
  // GIVEN a function for a task of one second
  const cloud = await startCloud({ functionTimeoutMs: 4000 });
  cloud.consume(handle(defineTask({ name: 'tick', payload: z.null(), timeout: '1s' }), () => {}));
  const message = await cloud.send('not json');

  // WHEN
  const { acknowledged } = await cloud.deliver();

  // THEN
  expect(acknowledged).toEqual([message]);
  expect(cloud.letters()).toHaveLength(1);
});

it('returns a message of an unknown task until its grace has passed, then dead-letters it', async () => {
  // GIVEN
  const cloud = await startCloud();
  cloud.consume(handle(greet, () => {}));
  const message = await cloud.send(envelopeOf('run-1', { task: 'wave' }));

  // WHEN
  const deliveries = [await cloud.deliver()];
  for (const waitMs of [20_000, 20_000, 40_000, 80_000, 140_000]) {
    cloud.clock.advance(waitMs - 1);
    expect(cloud.queue.counts().visible).toBe(0);
    deliveries.push(await cloud.deliverAfter(1));
  }

  // THEN
  expect(deliveries.map(({ returned }) => returned.length)).toEqual([1, 1, 1, 1, 1, 0]);
  expect(cloud.clock.now()).toBe(START_MS + UNKNOWN_TASK_GRACE_MS);
  expect(deliveries.at(-1)?.acknowledged).toEqual([message]);
  expect(await cloud.item('run-1')).toMatchObject({
    status: 'deadLettered',
    cause: 'unknownTask',
    attempt: 1,
  });
  expect(cloud.letters().map(letterIn)).toMatchObject([
    { task: 'wave', payload: { name: 'Ada' }, deadLetter: { cause: 'unknownTask' } },
  ]);
});

it('runs a task that a deployment brings within the grace', async () => {
  // GIVEN
  const cloud = await startCloud();
  cloud.consume();
  await cloud.send(envelopeOf('run-1'));
  await cloud.deliver();

  // WHEN
  cloud.consume(handle(greet, () => {}));
  await cloud.deliverAfter(20_000);

  // THEN
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', attempt: 1 });
});

it('fails an attempt whose schema throws instead of answering, and tries again', async () => {
  // GIVEN a schema that looks something up
  const cloud = await startCloud();
  const validate = vi.fn().mockRejectedValueOnce(new Error('lookup is down')).mockResolvedValue({ value: 7 });
  const task = defineTask({
    name: 'look-up',
    payload: { '~standard': { version: 1, vendor: 'test', validate } },
    retry: { attempts: 2, backoff: { type: 'fixed', delay: '10s' } },
  });
  cloud.consume(handle(task, () => {}));
  await cloud.send(envelopeOf('run-1', { task: 'look-up' }));

  // WHEN
  await cloud.deliver();
  expect(await cloud.item('run-1')).toMatchObject({ status: 'retrying', attempt: 1 });
  await cloud.deliverAfter(BACKOFF_MS);

  // THEN
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', attempt: 2 });
});
