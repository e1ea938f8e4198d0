import { expect, it, vi } from 'vitest';
import { RetryAfterError } from '../../contract/errors.ts';
import { handle } from '../../lambda/handle.ts';
import { type Cloud, envelopeOf, greet, START_MS, startCloud } from './consumer-fixture.ts';
import { throttled } from './wire.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** SQS forgets a message of this cloud after four days. */
async function failAndWait(
  delay: '10d' | '30d',
  options: { fifo?: boolean; retentionSeconds?: number } = {},
) {
  const { retentionSeconds = (4 * DAY_MS) / 1000 } = options;
  const cloud = await startCloud({ ...options, retentionSeconds });
  const handler = vi.fn<() => unknown>().mockRejectedValueOnce(new RetryAfterError(delay));
  cloud.consume(handle(greet, handler));
  await cloud.send(envelopeOf('run-1'), options.fifo ? 'a' : undefined);
  await cloud.deliver();
  return { cloud, handler };
}

/** Lets so much time pass, with a delivery whenever there is something to deliver. */
async function pass(cloud: Cloud, ms: number, stepMs = HOUR_MS / 2): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) await cloud.deliverAfter(stepMs);
}

const sentAgain = ({ lines }: Cloud) =>
  lines.filter(({ message }) => message.startsWith('message sent again'));

it.each([
  ['a standard queue', false],
  ['a FIFO queue', true],
])('carries a run of %s over a wait that outlives the retention of its message', async (_, fifo) => {
  const { cloud, handler } = await failAndWait('10d', { fifo });

  await pass(cloud, 10 * DAY_MS - HOUR_MS);
  expect(handler).toHaveBeenCalledOnce();
  await pass(cloud, HOUR_MS * 2);

  expect(handler).toHaveBeenCalledTimes(2);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', epoch: 0, attempt: 2 });
  expect(cloud.queue.counts()).toMatchObject({ visible: 0, inFlight: 0 });
});

it('sends the message again no sooner than a day before its retention ends', async () => {
  const { cloud } = await failAndWait('10d');

  await pass(cloud, 3 * DAY_MS - HOUR_MS);
  expect(sentAgain(cloud)).toEqual([]);
  await pass(cloud, 2 * HOUR_MS);

  expect(sentAgain(cloud)).toHaveLength(1);
});

it('leaves a quarter of a short retention', async () => {
  const { cloud, handler } = await failAndWait('10d', { retentionSeconds: 26 * 3600 });

  await pass(cloud, 10 * DAY_MS + HOUR_MS);

  expect(handler).toHaveBeenCalledTimes(2);
  expect(sentAgain(cloud).length).toBeLessThanOrEqual(13);
});

it('carries along when the run was first sent', async () => {
  const { cloud, handler } = await failAndWait('10d');

  await pass(cloud, 10 * DAY_MS + HOUR_MS);

  const run = handler.mock.lastCall?.at(1) as { firstSentAt: Date } | undefined;
  expect(run?.firstSentAt).toEqual(new Date(START_MS));
});

it('keeps the message when SQS does not take the new one', async () => {
  // GIVEN a message that is old enough to be sent again
  const { cloud, handler } = await failAndWait('10d');
  await pass(cloud, 3 * DAY_MS - HOUR_MS);

  // WHEN
  cloud.wire.fail('SendMessageCommand', throttled());
  await pass(cloud, 2 * HOUR_MS);

  // THEN
  expect(sentAgain(cloud)).toHaveLength(1);
  await pass(cloud, 7 * DAY_MS);
  expect(handler).toHaveBeenCalledTimes(2);
});

it('begins one attempt when the process dies between the new message and the acknowledgement', async () => {
  // GIVEN
  const { cloud, handler } = await failAndWait('10d');
  await pass(cloud, 3 * DAY_MS - HOUR_MS);

  // WHEN
  cloud.wire.loseAnswer('SendMessageCommand', 1, () => cloud.crash());
  await pass(cloud, 8 * DAY_MS);

  // THEN
  expect(handler).toHaveBeenCalledTimes(2);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', attempt: 2 });
});

it('remembers a waiting run for as long as its next message can last', async () => {
  const { cloud } = await failAndWait('30d');

  const { notBefore = 0, expiresAt = 0 } = await cloud.item('run-1');
  expect(notBefore).toBe(START_MS + 30 * DAY_MS);
  expect(expiresAt * 1000).toBe(notBefore + 40 * DAY_MS);
});
