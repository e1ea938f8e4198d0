import { expect, it, vi } from 'vitest';
import { NonRetryableError } from '../../contract/errors.ts';
import { handle } from '../../lambda/handle.ts';
import type { TaskRun } from '../../lambda/task-run.ts';
import { eventually } from '../eventually.ts';
import {
  BACKOFF_MS,
  envelopeOf,
  greet,
  letterIn,
  startCloud,
  VISIBILITY_TIMEOUT_MS,
} from './consumer-fixture.ts';
import { throttled } from './wire.ts';

async function start() {
  const cloud = await startCloud({ fifo: true, functionTimeoutMs: 330_000 });
  const order: string[] = [];
  const handler = vi.fn(async (_: unknown, { runId }: TaskRun): Promise<void> => void order.push(runId));
  cloud.consume(handle(greet, handler));
  return {
    cloud,
    handler,
    order,
    send: (runId: string, group: string) => cloud.send(envelopeOf(runId), group),
  };
}

it('works on the members of a group one after another, and on groups side by side', async () => {
  // GIVEN handlers that end when they are told to
  const { cloud, handler, send } = await start();
  const ends = new Map<string, () => void>();
  handler.mockImplementation((_, { runId }) => new Promise(resolve => ends.set(runId, resolve)));
  for (const runId of ['a-1', 'a-2', 'b-1']) await send(runId, runId.slice(0, 1));

  // WHEN
  const delivery = cloud.deliver();

  // THEN
  await eventually(() => expect([...ends.keys()].sort()).toEqual(['a-1', 'b-1']));
  ends.get('a-1')?.();
  await eventually(() => expect([...ends.keys()]).toContain('a-2'));
  expect(await cloud.item('a-1')).toMatchObject({ status: 'succeeded' });
  ends.get('a-2')?.();
  ends.get('b-1')?.();
  expect((await delivery).returned).toEqual([]);
});

it('keeps the members of a group behind one that failed, and lets other groups go on', async () => {
  // GIVEN
  const { cloud, handler, order, send } = await start();
  handler.mockImplementationOnce(() => Promise.reject(new Error('smtp is down')));
  const blocked = [await send('a-1', 'a'), await send('a-2', 'a'), await send('a-3', 'a')];
  const free = [await send('b-1', 'b'), await send('b-2', 'b')];

  // WHEN
  const delivery = await cloud.deliver();

  // THEN
  expect(delivery).toEqual({ acknowledged: free, returned: blocked });
  expect(order).toEqual(['b-1', 'b-2']);
  expect((await cloud.items()).map(({ runId }) => runId)).not.toContain('a-2');
  expect(cloud.queue.receive(10)).toEqual([]);
  await cloud.deliverAfter(BACKOFF_MS);
  expect(order).toEqual(['b-1', 'b-2', 'a-1', 'a-2', 'a-3']);
});

it('goes on in a group behind a member that was dead-lettered', async () => {
  // GIVEN
  const { cloud, handler, order, send } = await start();
  handler.mockImplementationOnce(() => Promise.reject(new NonRetryableError('no such user')));
  await send('a-1', 'a');
  await send('a-2', 'a');

  // WHEN
  const { returned } = await cloud.deliver();

  // THEN
  expect(returned).toEqual([]);
  expect(order).toEqual(['a-2']);
});

it('sends the letter to the same group, under a deduplication id of run and epoch', async () => {
  // GIVEN
  const { cloud, handler, send } = await start();
  handler.mockImplementationOnce(() => Promise.reject(new NonRetryableError('no such user')));
  await send('a-1', 'a');

  // WHEN
  await cloud.deliver();

  // THEN
  expect(cloud.letters()).toMatchObject([
    { attributes: { MessageGroupId: 'a', MessageDeduplicationId: 'a-1:1' } },
  ]);
});

it('keeps order behind a message whose claim was throttled', async () => {
  // GIVEN
  const { cloud, order, send } = await start();
  cloud.wire.fail('UpdateItemCommand', throttled());
  await send('a-1', 'a');
  await send('a-2', 'a');

  // WHEN
  const { returned } = await cloud.deliver();
  await cloud.deliverAfter(30_000);

  // THEN
  expect(returned).toHaveLength(2);
  expect(order).toEqual(['a-1', 'a-2']);
});

it('keeps order behind a run whose process died', async () => {
  // GIVEN
  const { cloud, handler, order, send } = await start();
  handler.mockImplementationOnce(() => cloud.crash());
  await send('a-1', 'a');
  await send('a-2', 'a');
  await cloud.deliver();

  // WHEN
  cloud.clock.advance(330_000);
  for (let delivery = 1; delivery <= 2; delivery++) await cloud.deliverAfter(VISIBILITY_TIMEOUT_MS);

  // THEN
  expect(order).toEqual(['a-1', 'a-2']);
  expect(await cloud.item('a-1')).toMatchObject({ attempt: 2 });
});

it('redrives within its group', async () => {
  // GIVEN
  const { cloud, handler, order, send } = await start();
  handler.mockImplementationOnce(() => Promise.reject(new NonRetryableError('no such user')));
  await send('a-1', 'a');
  await cloud.deliver();
  const [letter] = cloud.letters();
  const { MessageGroupId, MessageDeduplicationId } = letter?.attributes ?? {};

  // WHEN
  await cloud.send(letter?.body ?? '', MessageGroupId, MessageDeduplicationId);
  await cloud.deliver();

  // THEN
  expect(order).toEqual(['a-1']);
  expect(cloud.letters().map(letterIn)).toHaveLength(1);
  expect(await cloud.item('a-1')).toMatchObject({ status: 'succeeded', epoch: 1, attempt: 1 });
});
