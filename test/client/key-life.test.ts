import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { DuplicateRunError } from '../../client/duplicate-errors.ts';
import type { RunStatus } from '../../contract/run.ts';
import { runIdOfKey } from '../../contract/run-id.ts';
import type { RunItem } from '../../contract/run-item.ts';
import { defineTask, type Idempotency } from '../../contract/task.ts';
import { DAY_MS, envelopeOf, intercept, START_MS, startCloud } from './cloud-fixture.ts';

const schema = z.object({ orderId: z.string().toUpperCase(), note: z.string().default('') });
const ORDER = { orderId: 'o-1' };
const RUN_ID = runIdOfKey('ship', 'O-1');

function newTask(idempotency: Idempotency<typeof schema> = {}) {
  return defineTask({
    name: 'ship',
    payload: schema,
    idempotency: { key: ({ orderId }) => orderId, remember: '1d', ...idempotency },
  });
}

async function setUp(idempotency: Idempotency<typeof schema> = {}) {
  const cloud = await startCloud();
  const task = newTask(idempotency);
  const queue = cloud.queue({ tasks: [task.name] });
  const client = cloud.client([queue]);
  return {
    cloud,
    queue,
    client,
    send: (payload: object = ORDER) => client.sendTask(task, payload as never),
    task,
  };
}

/** The same with a first send whose run has come as far as `change` says. */
async function setUpRun(change: Partial<RunItem>, idempotency: Idempotency<typeof schema> = {}) {
  const fixture = await setUp(idempotency);
  await fixture.send();
  fixture.cloud.messages(fixture.queue);
  const [row] = await fixture.cloud.rows();
  if (!row) throw new Error('the keyed send has written no row');
  await fixture.cloud.putRow({ ...row, ...change });
  return fixture;
}

const ACTIVE: readonly RunStatus[] = ['queued', 'running', 'retrying'];
const FINISHED: readonly RunStatus[] = ['succeeded', 'deadLettered', 'canceled'];

it('a new life of a key is remembered until no message of a life before can come', async () => {
  const latestCopyAt = START_MS + 100 * DAY_MS;
  const { cloud, send } = await setUpRun({
    status: 'succeeded',
    finishedAt: START_MS,
    moves: 1,
    latestCopyAt,
  });
  cloud.clock.advance(2 * DAY_MS);

  expect(await send()).toEqual({ runId: RUN_ID, duplicate: false });

  const [row] = await cloud.rows();
  expect(row).toMatchObject({ epoch: 1, latestCopyAt });
  expect(row?.expiresAt).toBeGreaterThan(latestCopyAt / 1000);
});

describe("the key of a task's definition", () => {
  it('is told from the payload as the handler will get it', async () => {
    const { cloud, queue, send } = await setUp();

    expect(await send({ orderId: 'o-1' })).toEqual({ runId: RUN_ID, duplicate: false });
    expect(await send({ orderId: 'O-1' }).catch(({ name }: Error) => name)).toBe('IdempotencyKeyReusedError');
    expect(await send({ orderId: 'o-1' })).toEqual({ runId: RUN_ID, duplicate: true });

    expect(envelopeOf(cloud.messages(queue)[0] as never)).toMatchObject({
      idempotencyKey: 'O-1',
      payload: ORDER,
    });
  });

  it('gives way to one that the sender gives', async () => {
    const { client, task } = await setUp();

    const { runId } = await client.sendTask(task, ORDER, { idempotencyKey: 'mine' });

    expect(runId).toBe(runIdOfKey('ship', 'mine'));
  });

  it('may be none', async () => {
    const { send } = await setUp({ key: () => undefined });

    const [first, second] = [await send(), await send()];

    expect(first.runId).not.toBe(second.runId);
    expect(second.duplicate).toBe(false);
  });

  it('holds for each item of a bulk send', async () => {
    const { client, task } = await setUp();

    const outcomes = await client.sendTasks(task, [{ payload: ORDER }, { payload: { orderId: 'o-2' } }]);
    const again = await client.sendTasks(task, [{ payload: ORDER }]);

    expect(outcomes).toEqual([
      { status: 'sent', runId: RUN_ID, duplicate: false },
      { status: 'sent', runId: runIdOfKey('ship', 'O-2'), duplicate: false },
    ]);
    expect(again).toEqual([{ status: 'sent', runId: RUN_ID, duplicate: true }]);
  });

  it('fails the send when it is no key, naming what is allowed', async () => {
    const { cloud, queue, send } = await setUp({ key: () => '' });

    await expect(send()).rejects.toThrow(
      "task 'ship': idempotencyKey must be a string of 1 to 1024 characters",
    );
    expect(cloud.messages(queue)).toEqual([]);
  });
});

describe('a second send', () => {
  it.each([
    ['ifActive', ACTIVE, FINISHED],
    ['ifFinished', FINISHED, ACTIVE],
  ] as const)('fails by the option %s, and by no other', async (option, refused, answered) => {
    for (const status of [...refused, ...answered]) {
      const { send } = await setUpRun({ status, finishedAt: START_MS }, { [option]: 'throw' });
      const sent = send();
      if (!refused.includes(status)) {
        expect(await sent).toEqual({ runId: RUN_ID, duplicate: true });
        continue;
      }
      await expect(sent).rejects.toThrow(DuplicateRunError);
      await expect(sent).rejects.toMatchObject({
        task: 'ship',
        idempotencyKey: 'O-1',
        runId: RUN_ID,
        status,
      });
    }
  });

  it('that fails has sent the message all the same, of a run whose first sender may have died', async () => {
    const { cloud, queue, send } = await setUpRun({ status: 'queued' }, { ifActive: 'throw' });

    await expect(send()).rejects.toThrow(/which is queued/);

    expect(cloud.messages(queue).map(envelopeOf)).toMatchObject([{ runId: RUN_ID, epoch: 0 }]);
  });

  it('fails alone among the items of a bulk send', async () => {
    const { client, task } = await setUpRun({ status: 'running' }, { ifActive: 'throw' });

    const outcomes = await client.sendTasks(task, [{ payload: ORDER }, { payload: { orderId: 'o-2' } }]);

    expect(outcomes).toMatchObject([
      { status: 'failed', error: { name: 'DuplicateRunError' } },
      { status: 'sent' },
    ]);
  });

  it('of a run that has failed begins nothing: it is to be redriven, or to have another key', async () => {
    for (const status of ['deadLettered', 'canceled'] as const) {
      const { cloud, queue, send } = await setUpRun({ status, finishedAt: START_MS - 2 * DAY_MS });

      expect(await send()).toEqual({ runId: RUN_ID, duplicate: true });
      expect(cloud.messages(queue)).toEqual([]);
    }
  });
});

describe('the memory of a key', () => {
  it.each([
    ['stands for its run until its time after the success is over', DAY_MS - 1, true, undefined],
    ['ends then, and the next send is a new life', DAY_MS, false, 1],
  ])('%s', async (_, ageMs, duplicate, epoch) => {
    const { cloud, queue, send } = await setUpRun({ status: 'succeeded', attempt: 1, finishedAt: START_MS });
    cloud.clock.advance(ageMs);

    expect(await send()).toEqual({ runId: RUN_ID, duplicate });

    expect(cloud.messages(queue).map(message => envelopeOf(message).epoch)).toEqual(
      epoch === undefined ? [] : [epoch],
    );
  });

  it('gives the effects of a life after a success keys of their own', async () => {
    const { cloud, queue, send } = await setUpRun({ status: 'succeeded', epoch: 2, finishedAt: START_MS });
    cloud.clock.advance(DAY_MS);

    await send();

    expect(await cloud.rows()).toMatchObject([{ status: 'queued', epoch: 3, keyEpoch: 3 }]);
    expect(cloud.messages(queue).map(envelopeOf)).toMatchObject([{ epoch: 3, keyEpoch: 3 }]);
  });

  it('keeps the keys of the effects after a failure, and passes over the epoch of its letter', async () => {
    const expired = { expiresAt: START_MS / 1000, finishedAt: START_MS, keyEpoch: 1 };
    const { cloud, queue, send } = await setUpRun({ status: 'deadLettered', epoch: 2, ...expired });

    await send();

    expect(cloud.messages(queue).map(envelopeOf)).toMatchObject([{ epoch: 4, keyEpoch: 1 }]);
  });

  it('is found again by a send that repeats one which died before its message', async () => {
    // GIVEN
    const { cloud, queue, send } = await setUpRun({ status: 'succeeded', finishedAt: START_MS });
    cloud.clock.advance(DAY_MS);
    let broken = true;
    intercept(cloud.sqs, (_command, next) => (broken ? Promise.reject(new Error('no network')) : next()));
    await expect(send()).rejects.toThrow('no network');

    // WHEN
    broken = false;
    const sent = await send();

    // THEN
    expect(sent).toEqual({ runId: RUN_ID, duplicate: true });
    expect(cloud.messages(queue).map(envelopeOf)).toMatchObject([{ epoch: 1, keyEpoch: 1 }]);
  });

  it('begins one new life when two send at once', async () => {
    const { cloud, queue, send } = await setUpRun({ status: 'succeeded', finishedAt: START_MS });
    cloud.clock.advance(DAY_MS);

    const sent = await Promise.all([send(), send(), send()]);

    expect(sent.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(new Set(cloud.messages(queue).map(message => envelopeOf(message).epoch))).toEqual(new Set([1]));
  });
});
