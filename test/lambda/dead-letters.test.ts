import { expect, it, vi } from 'vitest';
import { deadLetterKey } from '../../contract/run-item.ts';
import { handle } from '../../lambda/handle.ts';
import { BACKOFF_MS, envelopeOf, greet, letterIn, START_MS, startCloud } from './consumer-fixture.ts';
import { throttled } from './wire.ts';

const DAY_SECONDS = 86_400;

/** A run of three attempts that all fail; the third is still to come. */
async function failTwice() {
  const cloud = await startCloud();
  const handler = vi.fn(() => {
    throw new Error('card declined');
  });
  cloud.consume(handle(greet, handler));
  const message = await cloud.send(envelopeOf('run-1', { idempotencyKey: 'order-7' }));
  await cloud.deliver();
  await cloud.deliverAfter(BACKOFF_MS);
  return { cloud, handler, message };
}

it('acknowledges the message of a run whose attempts are used up', async () => {
  const { cloud, handler, message } = await failTwice();

  const delivery = await cloud.deliverAfter(BACKOFF_MS);

  expect(delivery).toEqual({ acknowledged: [message], returned: [] });
  expect(handler).toHaveBeenCalledTimes(3);
});

it('records why the run was given up, and its envelope for a redrive', async () => {
  const { cloud } = await failTwice();

  await cloud.deliverAfter(BACKOFF_MS);

  const finishedAt = START_MS + 2 * BACKOFF_MS;
  const { error = '', envelope = '', ...item } = await cloud.item('run-1');
  expect(item).toMatchObject({
    status: 'deadLettered',
    cause: 'attemptsUsedUp',
    epoch: 0,
    attempt: 3,
    finishedAt,
    expiresAt: finishedAt / 1000 + 40 * DAY_SECONDS,
    deadLetterKey: deadLetterKey('greet', finishedAt, 'run-1'),
  });
  expect(JSON.parse(error)).toMatchObject({ name: 'Error', message: 'card declined' });
  expect(JSON.parse(envelope)).toEqual(
    envelopeOf('run-1', { idempotencyKey: 'order-7', firstSentAt: START_MS }),
  );
});

it('sends a letter with the next epoch and the reason to the dead-letter queue', async () => {
  const { cloud } = await failTwice();

  await cloud.deliverAfter(BACKOFF_MS);

  expect(cloud.letters().map(letterIn)).toEqual([
    {
      ...envelopeOf('run-1', { idempotencyKey: 'order-7', firstSentAt: START_MS, epoch: 1 }),
      deadLetter: {
        cause: 'attemptsUsedUp',
        error: expect.objectContaining({ name: 'Error', message: 'card declined' }),
        attempts: 3,
        at: START_MS + 2 * BACKOFF_MS,
      },
    },
  ]);
});

it('repeats the short part of the reason in message attributes', async () => {
  const { cloud } = await failTwice();

  await cloud.deliverAfter(BACKOFF_MS);

  const string = (stringValue: string) => ({ dataType: 'String', stringValue });
  expect(cloud.letters().map(({ messageAttributes }) => messageAttributes)).toEqual([
    {
      task: string('greet'),
      runId: string('run-1'),
      cause: string('attemptsUsedUp'),
      errorName: string('Error'),
      attempts: string('3'),
    },
  ]);
});

it('has written the end of the run before it sends the letter', async () => {
  // GIVEN
  const { cloud } = await failTwice();
  const statuses: string[] = [];
  cloud.wire.beforeCall(async command => {
    if (command === 'SendMessageCommand') statuses.push((await cloud.item('run-1')).status);
  });

  // WHEN
  await cloud.deliverAfter(BACKOFF_MS);

  // THEN
  expect(statuses).toEqual(['deadLettered']);
});

it('returns the message when the letter could not be sent, and sends it at the next delivery', async () => {
  // GIVEN
  const { cloud, handler, message } = await failTwice();
  cloud.wire.fail('SendMessageCommand', throttled());

  // WHEN
  const failed = await cloud.deliverAfter(BACKOFF_MS);
  expect(failed.returned).toEqual([message]);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'deadLettered', attempt: 3 });
  expect(cloud.letters()).toEqual([]);
  const delivery = await cloud.deliverAfter(30_000);

  // THEN
  expect(delivery.acknowledged).toEqual([message]);
  expect(handler).toHaveBeenCalledTimes(3);
  expect(cloud.letters().map(letterIn)).toMatchObject([
    { epoch: 1, deadLetter: { cause: 'attemptsUsedUp', attempts: 3, at: START_MS + 2 * BACKOFF_MS } },
  ]);
});

it('sends the letter of a payload that leaves no room for the whole error without its stack', async () => {
  // GIVEN a message of a stranger, who reserved nothing
  const cloud = await startCloud();
  cloud.consume(
    handle({ ...greet, policy: { ...greet.policy, retry: { ...greet.policy.retry, attempts: 1 } } }, () => {
      throw new Error('smtp is down', { cause: new Error('refused'.repeat(300)) });
    }),
  );
  const name = 'a'.repeat(1_048_576 - 1500);
  await cloud.send({ task: 'greet', payload: { name } });

  // WHEN
  const { returned } = await cloud.deliver();

  // THEN
  expect(returned).toEqual([]);
  const [letter] = cloud.letters().map(letterIn);
  expect(letter?.payload).toEqual({ name });
  expect(letter?.deadLetter.error).toEqual({ name: 'Error', message: 'smtp is down' });
});
