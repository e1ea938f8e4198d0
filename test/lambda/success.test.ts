import { expect, it, vi } from 'vitest';
import { listKey } from '../../contract/run-item.ts';
import { handle } from '../../lambda/handle.ts';
import { type CloudOptions, envelopeOf, greet, START_MS, startCloud } from './consumer-fixture.ts';

const DAY_SECONDS = 86_400;

async function succeedOnce(options: CloudOptions = {}) {
  const cloud = await startCloud(options);
  const handler = vi.fn(({ name }: { name: string }) => ({ greeting: `Hello ${name}` }));
  cloud.consume(handle(greet, handler));
  const message = await cloud.send(envelopeOf('run-1'));
  return { cloud, handler, message, delivery: await cloud.deliver() };
}

it('acknowledges a message whose handler has succeeded', async () => {
  const { cloud, message, delivery } = await succeedOnce();

  expect(delivery).toMatchObject({ acknowledged: [message], returned: [] });
  expect(cloud.queue.counts()).toMatchObject({ visible: 0, inFlight: 0 });
});

it('stores the run as succeeded, with its result, until its retention has passed', async () => {
  const { cloud } = await succeedOnce();

  expect(await cloud.item('run-1')).toEqual({
    runId: 'run-1',
    task: 'greet',
    status: 'succeeded',
    epoch: 0,
    attempt: 1,
    createdAt: START_MS,
    startedAt: START_MS,
    finishedAt: START_MS,
    leaseId: expect.any(String),
    leaseUntil: START_MS + 33_000,
    result: '{"greeting":"Hello Ada"}',
    expiresAt: START_MS / 1000 + DAY_SECONDS,
    listKey: listKey('greet', START_MS, 'run-1'),
  });
});

it('writes twice to the run table and reads nothing', async () => {
  const { cloud } = await succeedOnce();

  expect(cloud.wire.requests.map(({ command }) => command)).toEqual([
    'UpdateItemCommand',
    'UpdateItemCommand',
  ]);
});

it('leaves a run out of the listing index where queued runs are not tracked', async () => {
  const { cloud } = await succeedOnce({ trackQueued: false });

  expect(await cloud.item('run-1')).not.toHaveProperty('listKey');
});

it('takes over the row that the producer has written', async () => {
  // GIVEN
  const cloud = await startCloud();
  cloud.consume(handle(greet, () => 'done'));
  const queued = {
    runId: 'run-1',
    task: 'greet',
    epoch: 0,
    createdAt: START_MS - 500,
    listKey: 'written once',
  };
  await cloud.putItem({ ...queued, status: 'queued', attempt: 0 });
  await cloud.send(envelopeOf('run-1'));

  // WHEN
  await cloud.deliver();

  // THEN
  expect(await cloud.item('run-1')).toMatchObject({ ...queued, status: 'succeeded', attempt: 1 });
});

it('runs a message of a stranger under the id that stands for its key', async () => {
  // GIVEN
  const cloud = await startCloud();
  const handler = vi.fn();
  cloud.consume(handle(greet, handler));
  await cloud.send({ task: 'greet', payload: { name: 'Ada' }, id: 'order-7' });
  await cloud.send({ task: 'greet', payload: { name: 'Ada' }, idempotencyKey: 'order-7' });

  // WHEN
  await cloud.deliver(1);
  await cloud.deliver(1);

  // THEN
  expect(handler).toHaveBeenCalledOnce();
  expect(await cloud.items()).toMatchObject([{ idempotencyKey: 'order-7', status: 'succeeded' }]);
});
