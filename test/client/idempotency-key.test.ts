import { describe, expect, it } from 'vitest';
import { IdempotencyKeyReusedError } from '../../client/duplicate-errors.ts';
import type { RunStatus } from '../../contract/run.ts';
import { runIdOfKey } from '../../contract/run-id.ts';
import type { RunItem } from '../../contract/run-item.ts';
import { defineTask } from '../../contract/task.ts';
import { DAY_MS, envelopeOf, greet, intercept, record, START_MS, startCloud } from './cloud-fixture.ts';

const ADA = { name: 'Ada' };
const KEY = { idempotencyKey: 'user-1' };
const RUN_ID = runIdOfKey('greet', 'user-1');

async function setUp(options = {}) {
  const cloud = await startCloud();
  const queue = cloud.queue(options);
  return { cloud, queue, client: cloud.client([queue]) };
}

/** A cloud in which the key's run has come as far as `change` says, and its message is gone. */
async function setUpRun(change: Partial<RunItem>) {
  const fixture = await setUp();
  await fixture.client.sendTask(greet, ADA, KEY);
  fixture.cloud.messages(fixture.queue);
  const [row] = await fixture.cloud.rows();
  if (!row) throw new Error('the keyed send has written no row');
  await fixture.cloud.putRow({ ...row, ...change });
  return fixture;
}

describe('a keyed send', () => {
  it('is the run that everybody can compute from task and key', async () => {
    const { cloud, queue, client } = await setUp();

    expect(await client.sendTask(greet, ADA, KEY)).toEqual({ runId: RUN_ID, duplicate: false });

    expect(cloud.messages(queue).map(envelopeOf)).toEqual([
      { v: 1, runId: RUN_ID, epoch: 0, task: 'greet', payload: ADA, idempotencyKey: 'user-1', depth: 0 },
    ]);
    expect(await cloud.rows()).toMatchObject([
      {
        runId: RUN_ID,
        status: 'queued',
        idempotencyKey: 'user-1',
        payloadHash: expect.stringMatching(/^\w{64}$/),
      },
    ]);
  });

  it('writes its row, but no index entry, where queued runs are not tracked', async () => {
    const { cloud, client } = await setUp({ trackQueued: false });

    await client.sendTask(greet, ADA, KEY);

    const rows = await cloud.rows();
    expect(rows).toMatchObject([{ runId: RUN_ID, status: 'queued' }]);
    expect(rows[0]).not.toHaveProperty('listKey');
  });

  it('is no duplicate of itself when its row was written without an answer', async () => {
    const { cloud, queue } = await setUp();
    const strict = defineTask({ ...greet, payload: greet.payload, idempotency: { ifActive: 'throw' } });
    intercept(cloud.dynamodb, async (_command, next) => {
      await next().catch(() => {});
      return await next();
    });

    expect(await cloud.client([queue]).sendTask(strict, ADA, KEY)).toEqual({
      runId: RUN_ID,
      duplicate: false,
    });
  });

  it('is one run when two send it at once', async () => {
    const { cloud, queue, client } = await setUp();

    const sent = await Promise.all([client.sendTask(greet, ADA, KEY), client.sendTask(greet, ADA, KEY)]);

    expect(sent.map(({ runId }) => runId)).toEqual([RUN_ID, RUN_ID]);
    expect(sent.map(({ duplicate }) => duplicate).sort()).toEqual([false, true]);
    expect(await cloud.rows()).toHaveLength(1);
    expect(new Set(cloud.messages(queue).map(({ body }) => body)).size).toBe(1);
  });

  it('sends again while its run is queued, in case that the first message was lost', async () => {
    // GIVEN a send that died between the row and the message
    const { cloud, queue, client } = await setUp();
    let broken = true;
    intercept(cloud.sqs, (_command, next) => (broken ? Promise.reject(new Error('no network')) : next()));
    await expect(client.sendTask(greet, ADA, KEY)).rejects.toThrow('no network');
    expect(await cloud.rows()).toMatchObject([{ status: 'queued' }]);

    // WHEN it is repeated
    broken = false;
    const sent = await client.sendTask(greet, ADA, KEY);

    // THEN
    expect(sent).toEqual({ runId: RUN_ID, duplicate: true });
    expect(cloud.messages(queue).map(envelopeOf)).toMatchObject([{ runId: RUN_ID, epoch: 0 }]);
  });

  it('sends again in the life that its queued run is in', async () => {
    const { cloud, queue, client } = await setUpRun({ epoch: 4 });

    await client.sendTask(greet, ADA, KEY);

    expect(cloud.messages(queue).map(envelopeOf)).toMatchObject([{ runId: RUN_ID, epoch: 4 }]);
  });

  it.each<RunStatus>([
    'running',
    'retrying',
    'succeeded',
    'deadLettered',
    'canceled',
  ])('sends nothing when its run is %s', async status => {
    const { cloud, queue, client } = await setUpRun({ status, attempt: 1 });

    expect(await client.sendTask(greet, ADA, KEY)).toEqual({ runId: RUN_ID, duplicate: true });

    expect(cloud.messages(queue)).toEqual([]);
    expect(await cloud.rows()).toMatchObject([{ status }]);
  });

  it('takes a run without a payload hash, begun by a message from elsewhere, for the same', async () => {
    const { cloud, queue, client } = await setUp();
    const foreign = { runId: RUN_ID, task: 'greet', epoch: 0, attempt: 1, createdAt: START_MS };
    await cloud.putRow({ ...foreign, status: 'succeeded' });

    expect(await client.sendTask(greet, ADA, KEY)).toEqual({ runId: RUN_ID, duplicate: true });
    expect(cloud.messages(queue)).toEqual([]);
  });

  it('fails when the key belongs to a run with another payload', async () => {
    const { cloud, queue, client } = await setUpRun({ status: 'succeeded' });

    const send = client.sendTask(greet, { name: 'Grace' }, KEY);

    await expect(send).rejects.toThrow(IdempotencyKeyReusedError);
    await expect(send).rejects.toMatchObject({
      task: 'greet',
      idempotencyKey: 'user-1',
      runId: RUN_ID,
      message: expect.stringContaining("'user-1' of task 'greet' belongs to run"),
    });
    expect(cloud.messages(queue)).toEqual([]);
  });

  it('fails when the key is empty', async () => {
    const { client } = await setUp();

    await expect(client.sendTask(greet, ADA, { idempotencyKey: '' })).rejects.toThrow(
      "task 'greet': idempotencyKey must be a string of 1 to 1024 characters",
    );
  });

  it('needs no read', async () => {
    const { cloud, client } = await setUpRun({ status: 'succeeded' });
    const calls = record(cloud.dynamodb);

    await client.sendTask(greet, ADA, KEY);

    expect(calls.map(({ command }) => command)).toEqual(['PutItemCommand']);
  });
});

describe('a key whose memory has ended, with the item not yet deleted', () => {
  const ended = { status: 'succeeded', epoch: 2, attempt: 3, expiresAt: START_MS / 1000 } as const;

  it('begins a new life of its run, with any payload', async () => {
    const { cloud, queue, client } = await setUpRun({
      ...ended,
      result: '"old"',
      finishedAt: 1,
      leaseId: 'old',
    });

    const sent = await client.sendTask(greet, { name: 'Grace' }, KEY);

    expect(sent).toEqual({ runId: RUN_ID, duplicate: false });
    expect(cloud.messages(queue).map(envelopeOf)).toMatchObject([{ epoch: 3, payload: { name: 'Grace' } }]);
    const [row] = await cloud.rows();
    expect(row).toMatchObject({
      status: 'queued',
      epoch: 3,
      attempt: 0,
      expiresAt: (START_MS + 3 * DAY_MS) / 1000,
    });
    for (const old of ['result', 'finishedAt', 'leaseId']) expect(row).not.toHaveProperty(old);
  });

  it('begins one new life when two send at once', async () => {
    const { cloud, queue, client } = await setUpRun(ended);

    const sent = await Promise.all([client.sendTask(greet, ADA, KEY), client.sendTask(greet, ADA, KEY)]);

    expect(sent.map(({ duplicate }) => duplicate).sort()).toEqual([false, true]);
    expect(new Set(cloud.messages(queue).map(message => envelopeOf(message).epoch))).toEqual(new Set([3]));
  });

  it('begins from nothing when the item is deleted meanwhile', async () => {
    // GIVEN an item that DynamoDB deletes between the two writes
    const { cloud, queue, client } = await setUpRun(ended);
    let puts = 0;
    intercept(cloud.dynamodb, async (command, next) => {
      if (command === 'PutItemCommand' && ++puts === 2) await cloud.deleteRow(RUN_ID);
      return next();
    });

    // WHEN
    const sent = await client.sendTask(greet, ADA, KEY);

    // THEN
    expect(sent).toEqual({ runId: RUN_ID, duplicate: false });
    expect(cloud.messages(queue).map(envelopeOf)).toMatchObject([{ epoch: 0 }]);
  });

  it('is left to a consumer that begins an attempt meanwhile', async () => {
    // GIVEN a run that is claimed between the two writes
    const { cloud, queue, client } = await setUpRun({ ...ended, status: 'queued' });
    const [row] = await cloud.rows();
    const claimed = { status: 'running', leaseUntil: START_MS + 60_000 } as const;
    let puts = 0;
    intercept(cloud.dynamodb, async (command, next) => {
      if (command === 'PutItemCommand' && ++puts === 2 && row) await cloud.putRow({ ...row, ...claimed });
      return next();
    });

    // WHEN
    const sent = await client.sendTask(greet, ADA, KEY);

    // THEN
    expect(sent).toEqual({ runId: RUN_ID, duplicate: true });
    expect(cloud.messages(queue)).toEqual([]);
    expect(await cloud.rows()).toMatchObject([{ ...claimed, epoch: 2 }]);
  });

  it('stays with its run as long as an attempt is at work', async () => {
    const { cloud, queue, client } = await setUpRun({
      ...ended,
      status: 'running',
      leaseUntil: START_MS + 1,
    });

    expect(await client.sendTask(greet, ADA, KEY)).toEqual({ runId: RUN_ID, duplicate: true });
    expect(cloud.messages(queue)).toEqual([]);
  });
});
