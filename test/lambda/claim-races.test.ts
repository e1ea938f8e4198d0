import { expect, it, vi } from 'vitest';
import type { RunItem } from '../../contract/run-item.ts';
import { handle } from '../../lambda/handle.ts';
import { envelopeOf, greet, START_MS, startCloud } from './consumer-fixture.ts';

const EXPIRED: RunItem = {
  runId: 'run-1',
  task: 'greet',
  status: 'running',
  epoch: 0,
  attempt: 1,
  createdAt: START_MS - 1000,
  leaseId: 'of the dead',
  leaseUntil: START_MS - 1,
};

/**
 * A delivery of a run whose process died, while somebody else changes its item: before each write that follows what
 * the consumer saw, the item becomes the next of `changes`.
 */
async function deliverDuring(before: RunItem, ...changes: readonly RunItem[]) {
  const cloud = await startCloud();
  const handler = vi.fn();
  cloud.consume(handle(greet, handler));
  await cloud.putItem(before);
  const message = await cloud.send(envelopeOf('run-1'));
  const rest = [...changes];
  cloud.wire.beforeCall(async (command, input) => {
    const takes = command === 'UpdateItemCommand' && JSON.stringify(input).includes(':seenStatus');
    const change = takes ? rest.shift() : undefined;
    if (change) await cloud.putItem(change);
  });
  return { cloud, handler, message, delivery: await cloud.deliver() };
}

it('waits when another delivery has taken the run over first', async () => {
  const taken: RunItem = { ...EXPIRED, attempt: 2, leaseId: 'of another', leaseUntil: START_MS + 30_000 };

  const { cloud, handler, message, delivery } = await deliverDuring(EXPIRED, taken);

  expect(delivery.returned).toEqual([message]);
  expect(handler).not.toHaveBeenCalled();
  expect(await cloud.item('run-1')).toEqual(taken);
  cloud.clock.advance(30_999);
  expect(cloud.queue.counts().visible).toBe(0);
  cloud.clock.advance(1);
  expect(cloud.queue.counts().visible).toBe(1);
});

it('acknowledges when the attempt that seemed dead has just succeeded', async () => {
  const succeeded: RunItem = { ...EXPIRED, status: 'succeeded', finishedAt: START_MS };

  const { cloud, handler, message, delivery } = await deliverDuring(EXPIRED, succeeded);

  expect(delivery.acknowledged).toEqual([message]);
  expect(handler).not.toHaveBeenCalled();
  expect(await cloud.item('run-1')).toEqual(succeeded);
});

it('runs a run that was given back while it was being given up for lost', async () => {
  const givenBack: RunItem = { ...EXPIRED, status: 'retrying', attempt: 2, notBefore: START_MS };

  const { cloud, handler } = await deliverDuring({ ...EXPIRED, attempt: 3 }, givenBack);

  expect(handler).toHaveBeenCalledOnce();
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', attempt: 3 });
});

it('returns the message, unclaimed, when the item changes again and again', async () => {
  // GIVEN
  const givenBack: RunItem = { ...EXPIRED, status: 'retrying', notBefore: START_MS, leaseId: 'of another' };

  // WHEN
  const { handler, message, delivery, cloud } = await deliverDuring(
    EXPIRED,
    givenBack,
    { ...EXPIRED, leaseId: 'of a third' },
    givenBack,
  );

  // THEN
  expect(delivery.returned).toEqual([message]);
  expect(handler).not.toHaveBeenCalled();
  cloud.clock.advance(1000);
  expect(cloud.queue.counts().visible).toBe(1);
});
