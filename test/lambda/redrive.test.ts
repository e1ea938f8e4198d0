import { expect, it, vi } from 'vitest';
import { toRun } from '../../contract/run-item.ts';
import { handle } from '../../lambda/handle.ts';
import { BACKOFF_MS, envelopeOf, greet, letterIn, START_MS, startCloud } from './consumer-fixture.ts';

/** A run that has failed three times, and its letter as it is moved back to the queue. */
async function deadLetter() {
  const cloud = await startCloud();
  const handler = vi.fn<(payload: { name: string }, run: { epoch: number; attempt: number }) => void>();
  for (let attempt = 1; attempt <= 3; attempt++) {
    handler.mockImplementationOnce(() => {
      throw new Error('card declined');
    });
  }
  cloud.consume(handle(greet, handler));
  await cloud.send(envelopeOf('run-1'));
  await cloud.deliver();
  await cloud.deliverAfter(BACKOFF_MS);
  await cloud.deliverAfter(BACKOFF_MS);
  const body = cloud.letters()[0]?.body ?? '';
  return { cloud, handler, redrive: () => cloud.send(body) };
}

it('begins the next epoch with the first attempt', async () => {
  // GIVEN
  const { cloud, handler, redrive } = await deadLetter();

  // WHEN
  const message = await redrive();
  const { acknowledged } = await cloud.deliver();

  // THEN
  expect(acknowledged).toEqual([message]);
  expect(handler).toHaveBeenLastCalledWith(
    { name: 'Ada' },
    expect.objectContaining({ epoch: 1, attempt: 1 }),
  );
  const item = await cloud.item('run-1');
  expect(item).toMatchObject({ status: 'succeeded', epoch: 1, attempt: 1, createdAt: START_MS });
  expect(item).not.toHaveProperty('deadLetterKey');
  expect(item).not.toHaveProperty('cause');
  expect(item).not.toHaveProperty('envelope');
});

it('has all attempts again, and a letter of its own when they are used up', async () => {
  // GIVEN
  const { cloud, handler, redrive } = await deadLetter();
  handler.mockImplementation(() => {
    throw new Error('card expired');
  });

  // WHEN
  await redrive();
  await cloud.deliver();
  await cloud.deliverAfter(BACKOFF_MS);
  await cloud.deliverAfter(BACKOFF_MS);

  // THEN
  expect(handler).toHaveBeenCalledTimes(6);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'deadLettered', epoch: 1, attempt: 3 });
  expect(cloud.letters().map(letterIn)).toMatchObject([
    { epoch: 1, deadLetter: { error: { message: 'card declined' } } },
    { epoch: 2, deadLetter: { error: { message: 'card expired' } } },
  ]);
});

it('shows how its lives before ended, each with its error', async () => {
  // GIVEN a run that failed in its first life and in its second
  const { cloud, handler, redrive } = await deadLetter();
  handler.mockImplementation(() => {
    throw new Error('card expired');
  });
  await redrive();
  await cloud.deliver();
  await cloud.deliverAfter(BACKOFF_MS);
  await cloud.deliverAfter(BACKOFF_MS);

  // WHEN
  handler.mockImplementation(() => {});
  await cloud.send(cloud.letters()[1]?.body ?? '');
  await cloud.deliver();

  // THEN
  const { status, history } = toRun(await cloud.item('run-1'));
  expect(status).toBe('succeeded');
  expect(history).toMatchObject([
    { epoch: 0, attempts: 3, cause: 'attemptsUsedUp', error: { message: 'card declined' } },
    { epoch: 1, attempts: 3, cause: 'attemptsUsedUp', error: { message: 'card expired' } },
  ]);
  expect(history?.[0]?.finishedAt).toEqual(new Date(START_MS + 2 * BACKOFF_MS));
});

it.each([
  ['a second copy of the letter', 1],
  ['a copy of the first message', 0],
])('acknowledges %s after the redriven run has succeeded', async (_, epoch) => {
  // GIVEN
  const { cloud, handler, redrive } = await deadLetter();
  await redrive();
  await cloud.deliver();

  // WHEN
  const copy = await cloud.send(envelopeOf('run-1', { epoch }));
  const { acknowledged } = await cloud.deliver();

  // THEN
  expect(acknowledged).toEqual([copy]);
  expect(handler).toHaveBeenCalledTimes(4);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', epoch: 1, attempt: 1 });
});

it('acknowledges a copy of the first message while the redriven run is retrying', async () => {
  // GIVEN
  const { cloud, handler, redrive } = await deadLetter();
  handler.mockImplementationOnce(() => {
    throw new Error('card expired');
  });
  await redrive();
  await cloud.deliver();

  // WHEN
  const copy = await cloud.send(envelopeOf('run-1'));
  const { acknowledged } = await cloud.deliver();

  // THEN
  expect(acknowledged).toEqual([copy]);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'retrying', epoch: 1, attempt: 1 });
});

it('runs a letter whose run is no longer in the table', async () => {
  // GIVEN
  const cloud = await startCloud();
  const handler = vi.fn();
  cloud.consume(handle(greet, handler));

  // WHEN
  await cloud.send(envelopeOf('run-1', { epoch: 1, firstSentAt: START_MS - 40 * 86_400_000 }));
  await cloud.deliver();

  // THEN
  expect(handler).toHaveBeenCalledOnce();
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', epoch: 1, attempt: 1 });
});
