import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { createClient } from '../../client/create-client.ts';
import { MALFORMED_TASK } from '../../contract/envelope.ts';
import { runIdOfKey } from '../../contract/run-id.ts';
import { defineTask, type Idempotency } from '../../contract/task.ts';
import { handle } from '../../lambda/handle.ts';
import { letterIn, startCloud, UNKNOWN_TASK_GRACE_MS } from './consumer-fixture.ts';
import { throttled } from './wire.ts';

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
  const deploy = () =>
    cloud.consume(
      handle(task, (_, run) => {
        effects.push(run.idempotencyKey('label'));
        return handler();
      }),
    );
  deploy();
  const client = createClient({ queues: [cloud.config([task.name])], ...cloud.clients, clock: cloud.clock });
  return { cloud, deploy, task, handler, effects, client };
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

describe("the letter of a stranger's message without an id", () => {
  it('has the key that its task gives the payload once the task is known, and its former run ends', async () => {
    // GIVEN a message that arrived twice before its task was deployed
    const { cloud, client, deploy, handler } = await setUp();
    cloud.consume();
    const [first, second] = [await cloud.send(foreign('o-1')), await cloud.send(foreign('o-1'))];
    await cloud.deliver();
    await cloud.deliverAfter(UNKNOWN_TASK_GRACE_MS);
    const letters = cloud.letters().map(letterIn);
    expect(letters).toMatchObject([{ anonymous: true }, { anonymous: true }]);

    // WHEN one is redriven from its item, and both letters are moved back
    deploy();
    await client.redrive(first);
    for (const letter of letters) await cloud.send(letter);
    await cloud.deliver();
    for (let delivery = 1; delivery <= 2; delivery++) await cloud.deliverAfter(HOUR_MS);

    // THEN
    expect(handler).toHaveBeenCalledOnce();
    const runId = runIdOfKey('ship', 'O-1');
    expect(await cloud.item(runId)).toMatchObject({ status: 'succeeded', epoch: 0, idempotencyKey: 'O-1' });
    for (const former of [first, second]) {
      expect(await client.getRun(former)).toMatchObject({
        status: 'canceled',
        error: { message: `its task gives it the key 'O-1': it is run ${runId}` },
      });
    }
    expect((await cloud.items()).filter(item => item.deadLetterKey !== undefined)).toEqual([]);
    expect(cloud.queue.counts()).toMatchObject({ visible: 0, inFlight: 0 });
  });

  it('ends its former run at the next delivery when the table does not answer', async () => {
    // GIVEN
    const { cloud, client, deploy, handler } = await setUp();
    cloud.consume();
    const former = await cloud.send(foreign('o-1'));
    await cloud.deliver();
    await cloud.deliverAfter(UNKNOWN_TASK_GRACE_MS);
    deploy();
    await client.redrive(former);
    let updates = 0;
    cloud.wire.beforeCall(command => {
      // After the claim and the settlement comes the end of the former run.
      if (command === 'UpdateItemCommand' && ++updates === 3) throw throttled();
    });

    // WHEN
    expect((await cloud.deliver()).returned).toHaveLength(1);
    expect((await cloud.deliverAfter(HOUR_MS)).acknowledged).toHaveLength(1);

    // THEN
    expect(handler).toHaveBeenCalledOnce();
    expect(await cloud.item(former)).toMatchObject({ status: 'canceled' });
  });

  it('begins no new life of the run of its key, which may be under way', async () => {
    // GIVEN
    const { cloud, client, task, handler } = await setUp();
    const { runId } = await client.sendTask(task, { orderId: 'o-1' });
    handler.mockRejectedValueOnce(new Error('busy'));
    await cloud.deliver();

    // WHEN an older consumer's letter comes, which could not read the message
    const malformedBody = JSON.stringify(foreign('o-1'));
    await cloud.send({
      v: 1,
      runId: 'a-message',
      epoch: 1,
      task: MALFORMED_TASK,
      payload: null,
      malformedBody,
    });
    await cloud.deliver();

    // THEN
    expect(await cloud.item(runId)).toMatchObject({ status: 'retrying', attempt: 1, epoch: 0 });
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
