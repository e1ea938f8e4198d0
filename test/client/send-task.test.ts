import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { runContext } from '../../client/run-context.ts';
import { TaskPayloadError } from '../../contract/errors.ts';
import { MAX_ENVELOPE_BYTES } from '../../contract/limits.ts';
import { listKey } from '../../contract/run-item.ts';
import { defineTask } from '../../contract/task.ts';
import { DAY_MS, envelopeOf, greet, intercept, record, START_MS, startCloud } from './cloud-fixture.ts';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

async function setUp(options = {}) {
  const cloud = await startCloud();
  const queue = cloud.queue(options);
  return { cloud, queue, client: cloud.client([queue]) };
}

describe('a send', () => {
  it('puts one envelope on the queue', async () => {
    const { cloud, queue, client } = await setUp();

    const sent = await client.sendTask(greet, { name: 'Ada' });

    expect(sent).toEqual({ runId: expect.stringMatching(UUID_V7), duplicate: false });
    expect(cloud.messages(queue).map(envelopeOf)).toEqual([
      { v: 1, runId: sent.runId, epoch: 0, task: 'greet', payload: { name: 'Ada' }, depth: 0 },
    ]);
  });

  it('writes a queued row that expires with the longest retention of its task', async () => {
    const { cloud, client } = await setUp();

    const { runId } = await client.sendTask(greet, { name: 'Ada' });

    expect(await cloud.rows()).toEqual([
      {
        runId,
        task: 'greet',
        status: 'queued',
        epoch: 0,
        attempt: 0,
        createdAt: START_MS,
        expiresAt: (START_MS + 3 * DAY_MS) / 1000,
        listKey: listKey('greet', START_MS, runId),
      },
    ]);
  });

  it('writes no row where queued runs are not tracked', async () => {
    const { cloud, queue, client } = await setUp({ trackQueued: false });

    await client.sendTask(greet, { name: 'Ada' });

    expect(await cloud.rows()).toEqual([]);
    expect(cloud.messages(queue)).toHaveLength(1);
  });

  it('leaves the row of a consumer that was faster as it is', async () => {
    const { cloud, client } = await setUp();
    // GIVEN a consumer that has finished the run before the row is written
    intercept(cloud.dynamodb, async (command, next, input) => {
      const item =
        'Item' in input ? (input.Item as { runId: { S: string }; status: { S: string } }) : undefined;
      if (command === 'PutItemCommand' && item?.status.S === 'queued') {
        const runId = item.runId.S;
        await cloud.putRow({ runId, task: 'greet', status: 'succeeded', epoch: 0, attempt: 1, createdAt: 1 });
      }
      return next();
    });

    // WHEN
    await client.sendTask(greet, { name: 'Ada' });

    // THEN
    expect(await cloud.rows()).toMatchObject([{ status: 'succeeded', attempt: 1 }]);
  });

  it('succeeds with a warning when its row cannot be written', async () => {
    // GIVEN
    const { cloud, queue } = await setUp();
    const onWarning = vi.fn();
    const client = cloud.client([{ ...queue, table: 'missing' }], { onWarning });

    // WHEN
    const { runId } = await client.sendTask(greet, { name: 'Ada' });

    // THEN
    expect(cloud.messages(queue)).toHaveLength(1);
    expect(onWarning).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({
        message: expect.stringContaining(runId),
        cause: expect.objectContaining({ name: 'ResourceNotFoundException' }),
      }),
    );
  });

  it('fails, and leaves no row, when SQS does not take the message', async () => {
    const { cloud, queue } = await setUp();
    const client = cloud.client([{ ...queue, url: `${queue.url}-missing` }]);

    await expect(client.sendTask(greet, { name: 'Ada' })).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
    expect(await cloud.rows()).toEqual([]);
  });

  it('sends the input of a transforming schema, for the consumer to transform', async () => {
    const { cloud } = await setUp();
    const count = defineTask({ name: 'count', payload: z.object({ n: z.string().transform(Number) }) });
    const queue = cloud.queue({ tasks: ['count'] });

    await cloud.client([queue]).sendTask(count, { n: '42' });

    expect(cloud.messages(queue).map(envelopeOf)).toMatchObject([{ payload: { n: '42' } }]);
  });

  it('is one level deeper than the run whose handler makes it', async () => {
    const { cloud, queue, client } = await setUp();

    await runContext.run({ runId: 'parent', depth: 3 }, () => client.sendTask(greet, { name: 'Ada' }));

    expect(cloud.messages(queue).map(envelopeOf)).toMatchObject([{ depth: 4 }]);
  });

  it('carries every character that JSON can, also those that SQS refuses', async () => {
    const { cloud, queue, client } = await setUp();
    const name = '\u0000\u0008\u007f\ud800 \ufffe\uffff 😀';

    await client.sendTask(greet, { name });

    expect(cloud.messages(queue).map(envelopeOf)).toMatchObject([{ payload: { name } }]);
  });
});

describe('a payload', () => {
  it('fails with its issues when the schema refuses it, and nothing is sent', async () => {
    const { cloud, queue, client } = await setUp();

    const send = client.sendTask(greet, { name: 7 as never });

    await expect(send).rejects.toThrow(TaskPayloadError);
    await expect(send).rejects.toMatchObject({ task: 'greet', issues: [{ path: 'name' }] });
    expect(cloud.messages(queue)).toEqual([]);
    expect(await cloud.rows()).toEqual([]);
  });

  it('fails at the producer when JSON changes what its schema needs', async () => {
    const { cloud } = await setUp();
    const remind = defineTask({ name: 'remind', payload: z.object({ at: z.date() }) });
    const queue = cloud.queue({ tasks: ['remind'] });

    await expect(cloud.client([queue]).sendTask(remind, { at: new Date(0) })).rejects.toMatchObject({
      name: 'TaskPayloadError',
      issues: [{ path: 'at' }],
    });
    expect(cloud.messages(queue)).toEqual([]);
  });

  it.each([
    ['a', 1],
    ['é', 2],
    ['😀', 4],
  ])('of %s may fill the envelope to its last byte, and not one more', async (character, size) => {
    const { cloud, queue, client } = await setUp();
    const rest = JSON.stringify({
      v: 1,
      runId: '-'.repeat(36),
      epoch: 0,
      task: 'greet',
      payload: { name: '' },
      depth: 0,
    }).length;
    const room = MAX_ENVELOPE_BYTES - rest;
    const name = character.repeat(Math.floor(room / size)) + 'x'.repeat(room % size);

    await client.sendTask(greet, { name });
    await expect(client.sendTask(greet, { name: `${name}xyz` })).rejects.toThrow(
      `The message of task 'greet' has 1032195 bytes, 3 more than the 1032192 that can be sent`,
    );

    expect(cloud.messages(queue).map(({ body }) => Buffer.byteLength(body))).toEqual([MAX_ENVELOPE_BYTES]);
  });
});

describe('a delay', () => {
  it.each([
    ['1ms', 1],
    ['1.5s', 2],
    ['15m', 900],
  ] as const)('of %s is %i seconds for SQS', async (delay, DelaySeconds) => {
    const { cloud, client } = await setUp();
    const calls = record(cloud.sqs);

    await client.sendTask(greet, { name: 'Ada' }, { delay });

    expect(calls).toMatchObject([{ input: { DelaySeconds } }]);
  });

  it('of nothing is none', async () => {
    const { cloud, client } = await setUp();
    const calls = record(cloud.sqs);

    await client.sendTask(greet, { name: 'Ada' }, { delay: '0s' });

    expect(calls).toHaveLength(1);
    expect(calls[0]?.input).not.toHaveProperty('DelaySeconds');
  });

  it('hides the message until it has passed', async () => {
    const { cloud, queue, client } = await setUp();

    await client.sendTask(greet, { name: 'Ada' }, { delay: '1m' });

    expect(cloud.messages(queue)).toEqual([]);
    cloud.clock.advance(60_000);
    expect(cloud.messages(queue)).toHaveLength(1);
  });
});

describe('a group key', () => {
  it('is the message group, and the run and its life the deduplication id, on a FIFO queue', async () => {
    const { cloud, queue, client } = await setUp({ fifo: true });

    const { runId } = await client.sendTask(greet, { name: 'Ada' }, { groupKey: 'customer-1' });

    expect(cloud.messages(queue)[0]?.attributes).toMatchObject({
      MessageGroupId: 'customer-1',
      MessageDeduplicationId: `${runId}:0`,
    });
  });

  it('is the message group on a standard queue too, without a deduplication id', async () => {
    const { cloud, queue, client } = await setUp();

    await client.sendTask(greet, { name: 'Ada' }, { groupKey: 'tenant-1' });

    const [message] = cloud.messages(queue);
    expect(message?.attributes.MessageGroupId).toBe('tenant-1');
    expect(message?.attributes.MessageDeduplicationId).toBeUndefined();
  });

  it('fails when a FIFO queue is without one', async () => {
    const { client } = await setUp({ fifo: true });

    await expect(client.sendTask(greet, { name: 'Ada' })).rejects.toThrow(
      /task 'greet': groupKey is required, for \S+queue-0.fifo is a FIFO queue/,
    );
  });

  it.each(['', 'two words', 'Zoë', 'x'.repeat(129)])('fails when SQS would refuse it: %j', async groupKey => {
    const { client } = await setUp();

    await expect(client.sendTask(greet, { name: 'Ada' }, { groupKey })).rejects.toThrow(
      `groupKey must be 1 to 128 ASCII letters, digits and punctuation (SQS's rule for a MessageGroupId), got '${groupKey}'`,
    );
  });
});
