import { expect, it, vi } from 'vitest';
import { handle } from '../../lambda/handle.ts';
import {
  BACKOFF_MS,
  envelopeOf,
  FUNCTION_TIMEOUT_MS,
  greet,
  START_MS,
  startCloud,
  VISIBILITY_TIMEOUT_MS,
} from './consumer-fixture.ts';
import { throttled } from './wire.ts';

async function start(options: { random?: () => number } = {}) {
  const cloud = await startCloud(options);
  const handler = vi.fn<() => unknown>();
  cloud.consume(handle(greet, handler));
  const message = await cloud.send(envelopeOf('run-1'));
  return { cloud, handler, message };
}

it('counts no attempt when the claim is throttled', async () => {
  // GIVEN
  const { cloud, handler, message } = await start();
  cloud.wire.fail('UpdateItemCommand', throttled());

  // WHEN
  const { returned } = await cloud.deliver();

  // THEN
  expect(returned).toEqual([message]);
  expect(handler).not.toHaveBeenCalled();
  expect(await cloud.items()).toEqual([]);
  await cloud.deliverAfter(30_000);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', attempt: 1 });
});

it.each([
  [0, 5000],
  [0.5, 7500],
  [1, 10_000],
])('spreads messages that could not be claimed: dice %d hide one for %d ms', async (dice, hiddenMs) => {
  const { cloud } = await start({ random: () => dice });
  cloud.wire.fail('UpdateItemCommand', throttled());

  await cloud.deliver();

  cloud.clock.advance(Math.ceil(hiddenMs / 1000) * 1000 - 1);
  expect(cloud.queue.counts().visible).toBe(0);
  cloud.clock.advance(1);
  expect(cloud.queue.counts().visible).toBe(1);
});

it('gives an outage longer with each receive, so that hours of it spend no more than SQS allows', async () => {
  // GIVEN the shortest waits that the dice can make
  const { cloud } = await start({ random: () => 0 });
  cloud.wire.fail('UpdateItemCommand', throttled(), Number.POSITIVE_INFINITY);
  const receivedAt: number[] = [];

  // WHEN
  for (let second = 0; second < 2 * 3600; second++) {
    const { returned } = await cloud.deliver();
    if (returned.length > 0) receivedAt.push(second);
    cloud.clock.advance(1000);
  }

  // THEN
  expect(receivedAt.slice(0, 9)).toEqual([0, 5, 15, 35, 75, 155, 315, 635, 1085]);
  expect(receivedAt.length).toBeLessThan(25);
});

it('tries a finish that fails again, and does not run the handler again', async () => {
  // GIVEN
  const { cloud, handler } = await start();
  handler.mockImplementation(() => cloud.wire.fail('UpdateItemCommand', throttled(), 5));

  // WHEN
  const { returned } = await cloud.clock.passUntil(cloud.deliver());

  // THEN
  expect(returned).toEqual([]);
  expect(handler).toHaveBeenCalledOnce();
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', attempt: 1 });
  expect(cloud.lines.filter(({ level }) => level === 'WARN')).toEqual([
    {
      level: 'WARN',
      message: 'a write is tried again',
      runId: 'run-1',
      task: 'greet',
      attempt: 1,
      error: expect.objectContaining({ name: 'ProvisionedThroughputExceededException' }),
    },
  ]);
});

it('gives a finish up in time to answer Lambda, and another attempt follows after the lease', async () => {
  // GIVEN
  const { cloud, handler, message } = await start();
  handler.mockImplementationOnce(() =>
    cloud.wire.fail('UpdateItemCommand', throttled(), Number.POSITIVE_INFINITY),
  );

  // WHEN
  const { returned } = await cloud.clock.passUntil(cloud.deliver());

  // THEN
  expect(returned).toEqual([message]);
  expect(cloud.clock.now()).toBeLessThan(START_MS + FUNCTION_TIMEOUT_MS - 200);
  expect(cloud.clock.now()).toBeGreaterThan(START_MS + FUNCTION_TIMEOUT_MS - 1000);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'running', attempt: 1 });
  cloud.wire.recover();
  await cloud.deliverAfter(VISIBILITY_TIMEOUT_MS);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', attempt: 2 });
});

it('settles a failed attempt and warns when the visibility cannot be changed', async () => {
  // GIVEN
  const { cloud, handler, message } = await start();
  handler.mockRejectedValueOnce(new Error('smtp is down'));
  cloud.wire.fail('ChangeMessageVisibilityBatchCommand', new Error('access denied'));

  // WHEN
  const { returned } = await cloud.deliver();

  // THEN
  expect(returned).toEqual([message]);
  expect(cloud.lines.at(-1)).toMatchObject({
    level: 'WARN',
    message: "1 returned messages keep the queue's visibility timeout",
    error: { message: 'access denied' },
  });
  cloud.clock.advance(BACKOFF_MS);
  expect(cloud.queue.counts().visible).toBe(0);
  await cloud.deliverAfter(VISIBILITY_TIMEOUT_MS - BACKOFF_MS);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', attempt: 2 });
});

it('warns of each message whose visibility SQS refuses to change', async () => {
  // GIVEN a message that is deleted while its handler works
  const { cloud, handler } = await start();
  handler.mockImplementation(() => Promise.reject(new Error('smtp is down')));
  await cloud.send(envelopeOf('run-2'));
  const messages = cloud.queue.receive(10);
  cloud.queue.delete(messages[0]?.receiptHandle ?? '');

  // WHEN
  await cloud.invoke(messages);

  // THEN
  expect(cloud.lines.filter(({ message }) => message.startsWith('a returned message'))).toHaveLength(1);
  cloud.clock.advance(BACKOFF_MS);
  expect(cloud.queue.counts().visible).toBe(1);
});
