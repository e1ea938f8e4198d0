import { describe, expect, it } from 'vitest';
import { MAX_ENVELOPE_BYTES, MAX_OBJECT_BYTES } from '../../contract/limits.ts';
import { runIdOfKey } from '../../contract/run-id.ts';
import {
  DAY_MS,
  envelopeOf,
  greet,
  intercept,
  PAYLOADS,
  record,
  START_MS,
  startCloud,
} from './cloud-fixture.ts';

const LARGE = { name: 'a'.repeat(MAX_ENVELOPE_BYTES) };
const TEXT = JSON.stringify(LARGE);
const KEY = { idempotencyKey: 'user-1' };

async function setUp() {
  const cloud = await startCloud();
  const queue = cloud.queue({ payloads: PAYLOADS });
  const name = queue.url.split('/').at(-1) ?? '';
  return { cloud, queue, name, client: cloud.client([queue]) };
}

describe('a payload that is too large for a message', () => {
  it('lies in the bucket, under the names of its queue and its run, and the message refers to it', async () => {
    const { cloud, queue, name, client } = await setUp();

    const { runId } = await client.sendTask(greet, LARGE);

    const [envelope] = cloud.messages(queue).map(envelopeOf);
    const sha256 = envelope?.payloadRef?.sha256;
    expect(envelope).toEqual({
      v: 1,
      runId,
      epoch: 0,
      task: 'greet',
      payloadRef: { epoch: 0, sha256: expect.stringMatching(/^\w{64}$/), bytes: TEXT.length },
      depth: 0,
    });
    expect(await cloud.objects()).toEqual({ [`${name}/${runId}/0-${sha256}`]: TEXT });
  });

  it('is stored before its message is sent', async () => {
    const { cloud, client } = await setUp();
    intercept(cloud.s3, () => Promise.reject(new Error('slow down')));
    const calls = record(cloud.sqs);

    await expect(client.sendTask(greet, LARGE)).rejects.toThrow('slow down');

    expect(calls).toEqual([]);
  });

  it('fails the send where there is no bucket, saying by how much and what to do', async () => {
    const cloud = await startCloud();
    const client = cloud.client([cloud.queue()]);

    await expect(client.sendTask(greet, LARGE)).rejects.toThrow(
      /has \d+ bytes, \d+ more than the 1032192 that can be sent .* Give the TaskQueue a payloadBucket/,
    );
  });

  it('fails the send when it is too large for the bucket, too', async () => {
    const { client } = await setUp();

    await expect(client.sendTask(greet, { name: 'a'.repeat(MAX_OBJECT_BYTES) })).rejects.toThrow(
      `at most ${MAX_OBJECT_BYTES} can be sent by the payload bucket`,
    );
  });

  it('is sent in bulk beside small ones, and fails alone', async () => {
    const { cloud, queue, client } = await setUp();
    let puts = 0;
    intercept(cloud.s3, (_, next) => (++puts === 2 ? Promise.reject(new Error('slow down')) : next()));

    const outcomes = await client.sendTasks(greet, [
      { payload: LARGE, idempotencyKey: 'a' },
      { payload: { name: 'Ada' } },
      { payload: LARGE, idempotencyKey: 'b' },
    ]);

    expect(outcomes.map(({ status }) => status).sort()).toEqual(['failed', 'sent', 'sent']);
    expect(cloud.messages(queue)).toHaveLength(2);
  });
});

describe('a keyed send of a large payload', () => {
  it('stores nothing for a run that is under way', async () => {
    const { cloud, client } = await setUp();
    await client.sendTask(greet, LARGE, KEY);
    const [row] = await cloud.rows();
    if (row) await cloud.putRow({ ...row, status: 'running', leaseUntil: START_MS + 1 });
    const calls = record(cloud.s3);

    expect(await client.sendTask(greet, LARGE, KEY)).toMatchObject({ duplicate: true });

    expect(calls).toEqual([]);
  });

  it('is one object when two send at once', async () => {
    const { cloud, queue, client } = await setUp();

    await Promise.all([client.sendTask(greet, LARGE, KEY), client.sendTask(greet, LARGE, KEY)]);

    expect(Object.keys(await cloud.objects())).toHaveLength(1);
    expect(new Set(cloud.messages(queue).map(({ body }) => body)).size).toBe(1);
  });

  it('waits for another that stores the same', async () => {
    const { cloud, queue, client } = await setUp();
    let conflicts = 2;
    intercept(cloud.s3, (_, next) =>
      conflicts-- > 0
        ? Promise.reject(Object.assign(new Error('busy'), { name: 'ConditionalRequestConflict' }))
        : next(),
    );

    await client.sendTask(greet, LARGE, KEY);

    expect(cloud.messages(queue)).toHaveLength(1);
  });

  it('is recognised by its payload', async () => {
    const { client } = await setUp();
    await client.sendTask(greet, LARGE, KEY);

    await expect(client.sendTask(greet, { name: `${LARGE.name}b` }, KEY)).rejects.toThrow(/another payload/);
  });

  it('has an object of its own in a new life', async () => {
    const { cloud, queue, client } = await setUp();
    await client.sendTask(greet, LARGE, KEY);
    cloud.clock.advance(4 * DAY_MS);
    cloud.messages(queue);

    await client.sendTask(greet, LARGE, KEY);

    const runId = runIdOfKey('greet', 'user-1');
    const keys = Object.keys(await cloud.objects()).map(key =>
      key.split('/').slice(1).join('/').slice(0, -65),
    );
    expect(keys).toEqual([`${runId}/0`, `${runId}/1`]);
    expect(cloud.messages(queue).map(envelopeOf)).toMatchObject([{ epoch: 1, payloadRef: { epoch: 1 } }]);
  });
});
