import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { createClient } from '../../client/create-client.ts';
import { runIdOfKey } from '../../contract/run-id.ts';
import { defineTask, type Idempotency } from '../../contract/task.ts';
import { handle } from '../../lambda/handle.ts';
import { letterIn, startCloud } from './consumer-fixture.ts';

const schema = z.object({ orderId: z.string().toUpperCase() });
const HOUR_MS = 3_600_000;

async function setUp(key: Idempotency<typeof schema>['key'] & object = ({ orderId }) => orderId) {
  const cloud = await startCloud();
  const task = defineTask({
    name: 'ship',
    payload: schema,
    retry: { attempts: 2, backoff: { type: 'fixed', delay: '1s' } },
    idempotency: { key, remember: '1h' },
  });
  const effects: string[] = [];
  const handler = vi.fn<() => unknown>();
  cloud.consume(
    handle(task, (_, run) => {
      effects.push(run.idempotencyKey('label'));
      return handler();
    }),
  );
  const client = createClient({ queues: [cloud.config([task.name])], ...cloud.clients, clock: cloud.clock });
  return { cloud, task, handler, effects, client };
}

const foreign = (orderId: unknown, fields: object = {}) => ({
  task: 'ship',
  payload: { orderId },
  ...fields,
});

describe("a stranger's message without an id", () => {
  it('has the key that its task gives the payload', async () => {
    const { cloud, handler } = await setUp();
    await cloud.send(foreign('o-1'));
    await cloud.send(foreign('O-1'));

    await cloud.deliver();
    await cloud.deliver();

    expect(handler).toHaveBeenCalledOnce();
    expect(await cloud.items()).toMatchObject([
      { runId: runIdOfKey('ship', 'O-1'), idempotencyKey: 'O-1', status: 'succeeded' },
    ]);
  });

  it('is the run of a producer that sends the same', async () => {
    const { cloud, client, task, handler } = await setUp();
    await cloud.send(foreign('o-1'));
    await cloud.deliver();

    const sent = await client.sendTask(task, { orderId: 'o-1' });

    expect(sent).toEqual({ runId: runIdOfKey('ship', 'O-1'), duplicate: true });
    expect(handler).toHaveBeenCalledOnce();
  });

  it('keeps the id that it has', async () => {
    const { cloud } = await setUp();
    await cloud.send(foreign('o-1', { id: 'mine' }));

    await cloud.deliver();

    expect(await cloud.items()).toMatchObject([{ runId: runIdOfKey('ship', 'mine') }]);
  });

  it.each([
    ['is refused by its schema', undefined, 7, 'TaskPayloadError'],
    ['gets no valid key', () => '', 'o-1', 'TaskKeyError'],
    [
      'has a key that throws',
      () => {
        throw new Error('no such field');
      },
      'o-1',
      'TaskKeyError',
    ],
  ])('is dead-lettered under its message id when it %s', async (_, key, orderId, name) => {
    const { cloud, handler } = await setUp(key);
    const messageId = await cloud.send(foreign(orderId));

    await cloud.deliver();

    expect(handler).not.toHaveBeenCalled();
    expect(cloud.letters().map(letterIn)).toMatchObject([
      { runId: messageId, deadLetter: { cause: 'invalidPayload', error: { name } } },
    ]);
  });

  it('has it, too, when it comes back with the message id that it had', async () => {
    const { cloud, handler } = await setUp();
    await cloud.send(foreign('o-1'));
    await cloud.deliver();

    await cloud.send(foreign('o-1', { messageId: 'the-first' }));
    await cloud.deliver();

    expect(handler).toHaveBeenCalledOnce();
    expect(await cloud.items()).toHaveLength(1);
  });
});

describe('the keys of effects', () => {
  it('are the same in every attempt and after a redrive', async () => {
    // GIVEN
    const { cloud, client, task, handler, effects } = await setUp();
    const { runId } = await client.sendTask(task, { orderId: 'o-1' });
    handler.mockRejectedValueOnce(new Error('busy')).mockRejectedValueOnce(new Error('busy'));
    await cloud.deliver();
    await cloud.deliverAfter(1000);

    // WHEN
    await client.redrive(runId);
    await cloud.deliver();

    // THEN
    expect(await cloud.item(runId)).toMatchObject({ status: 'succeeded', epoch: 1 });
    expect(effects).toEqual(Array(3).fill(`${runId}:label`));
  });

  it('are others once the success was forgotten and the key is used anew', async () => {
    // GIVEN
    const { cloud, client, task, handler, effects } = await setUp();
    const { runId } = await client.sendTask(task, { orderId: 'o-1' });
    await cloud.deliver();
    cloud.clock.advance(HOUR_MS);

    // WHEN a new life fails, and is redriven
    handler.mockRejectedValueOnce(new Error('busy')).mockRejectedValueOnce(new Error('busy'));
    expect(await client.sendTask(task, { orderId: 'o-1' })).toEqual({ runId, duplicate: false });
    await cloud.deliver();
    await cloud.deliverAfter(1000);
    await client.redrive(runId);
    await cloud.deliver();

    // THEN
    expect(await cloud.item(runId)).toMatchObject({ status: 'succeeded', epoch: 2, keyEpoch: 1 });
    expect(effects).toEqual([`${runId}:label`, ...Array(3).fill(`${runId}.1:label`)]);
  });
});

it('acknowledges a late copy of the life before', async () => {
  // GIVEN a copy of the first message that is late
  const { cloud, client, task, handler } = await setUp();
  const { runId } = await client.sendTask(task, { orderId: 'o-1' });
  const [{ body = '' } = {}] = cloud.queue.receive(1);
  await cloud.send(body);
  await cloud.deliver();
  cloud.clock.advance(HOUR_MS);
  await client.sendTask(task, { orderId: 'o-1' });
  await cloud.deliver();
  expect(handler).toHaveBeenCalledTimes(2);

  // WHEN
  await cloud.send(body);
  await cloud.deliverAfter(HOUR_MS);

  // THEN
  expect(handler).toHaveBeenCalledTimes(2);
  expect(await cloud.item(runId)).toMatchObject({ status: 'succeeded', epoch: 1 });
  expect(cloud.queue.counts()).toMatchObject({ visible: 0, inFlight: 0 });
});
