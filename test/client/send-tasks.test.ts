import { describe, expect, it, vi } from 'vitest';
import { runIdOfKey } from '../../contract/run-id.ts';
import { eventually } from '../eventually.ts';
import { envelopeOf, greet, intercept, record, startCloud } from './cloud-fixture.ts';

async function setUp(options = {}) {
  const cloud = await startCloud();
  const queue = cloud.queue(options);
  return { cloud, queue, client: cloud.client([queue]) };
}

const names = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ payload: { name: `n${index}` } }));

describe('many sends', () => {
  it('go in batches of ten, with an outcome for each in the order of the items', async () => {
    const { cloud, queue, client } = await setUp();
    const calls = record(cloud.sqs);

    const outcomes = await client.sendTasks(greet, names(25));

    expect(calls.map(({ input }) => 'Entries' in input && (input.Entries as object[]).length)).toEqual([
      10, 10, 5,
    ]);
    const sent = new Map(
      cloud
        .messages(queue)
        .map(envelopeOf)
        .map(({ runId, payload }) => [runId, payload]),
    );
    expect(outcomes.map(outcome => outcome.status === 'sent' && sent.get(outcome.runId))).toEqual(
      names(25).map(({ payload }) => payload),
    );
    expect(await cloud.rows()).toHaveLength(25);
  });

  it('are none when there are no items', async () => {
    const { cloud, client } = await setUp();
    const calls = record(cloud.sqs);

    expect(await client.sendTasks(greet, [])).toEqual([]);
    expect(calls).toEqual([]);
  });

  it('of large payloads go in batches of at most 1 MiB', async () => {
    const { cloud, client } = await setUp();
    const calls = record(cloud.sqs);
    const items = Array.from({ length: 7 }, () => ({ payload: { name: 'x'.repeat(300_000) } }));

    const outcomes = await client.sendTasks(greet, items);

    expect(outcomes.every(({ status }) => status === 'sent')).toBe(true);
    expect(calls.map(({ input }) => 'Entries' in input && (input.Entries as object[]).length)).toEqual([
      3, 3, 1,
    ]);
  });

  it('are in flight four at a time', async () => {
    // GIVEN a queue that answers only when it is told to
    const { cloud, client } = await setUp();
    const waiting: (() => void)[] = [];
    intercept(cloud.sqs, async (_command, next) => {
      await new Promise<void>(resolve => waiting.push(resolve));
      return next();
    });

    // WHEN
    const outcomes = client.sendTasks(greet, names(60));

    // THEN
    await eventually(() => expect(waiting).toHaveLength(4));
    waiting[0]?.();
    await eventually(() => expect(waiting).toHaveLength(5));
    waiting[1]?.();
    await eventually(() => expect(waiting).toHaveLength(6));
    for (const answer of waiting) answer();
    expect(await outcomes).toHaveLength(60);
  });

  it('keep their order on a FIFO queue, also when SQS does not take the first batch at once', async () => {
    // GIVEN
    const { cloud, queue, client } = await setUp({ fifo: true });
    let first = true;
    intercept(cloud.sqs, async (_command, next, input) => {
      if (!first) return next();
      first = false;
      const { Entries } = input as { Entries: { Id: string }[] };
      return { Failed: Entries.map(({ Id }) => ({ Id, SenderFault: false, Code: 'InternalError' })) };
    });
    const items = names(45).map(item => ({ ...item, groupKey: 'one' }));

    // WHEN
    await client.sendTasks(greet, items);

    // THEN
    expect(cloud.messages(queue).map(message => envelopeOf(message).payload)).toEqual(
      items.map(({ payload }) => payload),
    );
  });

  it('take the options of each item', async () => {
    const { cloud, queue, client } = await setUp();

    await client.sendTasks(greet, [
      { payload: { name: 'now' }, groupKey: 'tenant' },
      { payload: { name: 'later' }, delay: '1m' },
    ]);

    expect(cloud.messages(queue)).toMatchObject([{ attributes: { MessageGroupId: 'tenant' } }]);
    expect(cloud.local(queue).counts()).toMatchObject({ delayed: 1 });
  });

  it('write no rows where queued runs are not tracked', async () => {
    const { cloud, client } = await setUp({ trackQueued: false });

    await client.sendTasks(greet, names(3));

    expect(await cloud.rows()).toEqual([]);
  });

  it('succeed with one warning a batch when rows cannot be written', async () => {
    const { cloud, queue } = await setUp();
    const onWarning = vi.fn();
    const client = cloud.client([{ ...queue, table: 'missing' }], { onWarning });

    const outcomes = await client.sendTasks(greet, names(12));

    expect(outcomes.every(({ status }) => status === 'sent')).toBe(true);
    expect(onWarning.mock.calls.map(([{ message }]) => message)).toEqual([
      expect.stringContaining('the queued rows of 10 could not be written'),
      expect.stringContaining('the queued rows of 2 could not be written'),
    ]);
  });
});

describe('an item', () => {
  it('fails alone, before the first request, when its payload is invalid', async () => {
    // GIVEN more batches than are in flight, and an invalid payload in the last
    const { cloud, queue, client } = await setUp();
    const items = names(60);
    items[59] = { payload: { name: 59 as never } };
    const validate = vi.spyOn(greet.payload['~standard'], 'validate');
    const validatedAtRequests: number[] = [];
    intercept(cloud.sqs, async (_command, next) => {
      validatedAtRequests.push(validate.mock.calls.length);
      return next();
    });

    // WHEN
    const outcomes = await client.sendTasks(greet, items);

    // THEN
    validate.mockRestore();
    expect(validatedAtRequests[0]).toBe(60);
    expect(outcomes[59]).toMatchObject({ status: 'failed', error: { name: 'TaskPayloadError' } });
    expect(outcomes.filter(({ status }) => status === 'sent')).toHaveLength(59);
    expect(cloud.messages(queue)).toHaveLength(59);
  });

  it('is sent as it was validated, whatever its owner changes meanwhile', async () => {
    // GIVEN more batches than are in flight, and an owner who changes the last at the first request
    const { cloud, queue, client } = await setUp();
    const items = names(60);
    intercept(cloud.sqs, async (_command, next) => {
      Object.assign(items[59]?.payload ?? {}, { name: 59 });
      return next();
    });

    // WHEN
    const outcomes = await client.sendTasks(greet, items);

    // THEN
    expect(outcomes[59]).toMatchObject({ status: 'sent' });
    expect(cloud.messages(queue).map(envelopeOf)).toContainEqual(
      expect.objectContaining({ payload: { name: 'n59' } }),
    );
  });

  it('fails alone when its options are invalid or its payload is too large', async () => {
    const { client } = await setUp();

    const outcomes = await client.sendTasks(greet, [
      { payload: { name: 'a' }, delay: '1d' },
      { payload: { name: 'x'.repeat(1_100_000) } },
      { payload: { name: 'b' } },
    ]);

    expect(outcomes).toMatchObject([
      { status: 'failed', error: { message: expect.stringContaining('delay needs EventBridge Scheduler') } },
      { status: 'failed', error: { message: expect.stringContaining('more than the 1032192') } },
      { status: 'sent' },
    ]);
  });

  it('is a duplicate of the one before with the same key', async () => {
    const { cloud, client } = await setUp();
    const keyed = { payload: { name: 'Ada' }, idempotencyKey: 'ada' };

    await client.sendTasks(greet, [keyed]);
    const outcomes = await client.sendTasks(greet, [...names(1), keyed]);

    expect(outcomes).toMatchObject([
      { status: 'sent', duplicate: false },
      { status: 'sent', duplicate: true, runId: runIdOfKey('greet', 'ada') },
    ]);
    expect(await cloud.rows()).toHaveLength(2);
  });

  it('is not sent again when its run is over', async () => {
    const { cloud, queue, client } = await setUp();
    const runId = runIdOfKey('greet', 'ada');
    await cloud.putRow({ runId, task: 'greet', status: 'succeeded', epoch: 0, attempt: 1, createdAt: 1 });

    const outcomes = await client.sendTasks(greet, [{ payload: { name: 'Ada' }, idempotencyKey: 'ada' }]);

    expect(outcomes).toEqual([{ status: 'sent', runId, duplicate: true }]);
    expect(cloud.messages(queue)).toEqual([]);
  });

  it('fails alone when its key belongs to another payload', async () => {
    const { client } = await setUp();
    await client.sendTask(greet, { name: 'Ada' }, { idempotencyKey: 'ada' });

    const outcomes = await client.sendTasks(greet, [
      { payload: { name: 'Grace' }, idempotencyKey: 'ada' },
      { payload: { name: 'Grace' }, idempotencyKey: 'grace' },
    ]);

    expect(outcomes).toMatchObject([
      { status: 'failed', error: { name: 'IdempotencyKeyReusedError' } },
      { status: 'sent' },
    ]);
  });
});

describe('an entry that SQS refuses', () => {
  /** SQS performs the batch without the entries that `refuses` says, as often as `times`. */
  async function setUpRefusal(refuses: (body: string) => boolean, times: number, SenderFault: boolean) {
    const fixture = await setUp();
    const calls = record(fixture.cloud.sqs);
    let left = times;
    intercept(fixture.cloud.sqs, async (_command, next, input) => {
      const batch = input as { Entries: { Id: string; MessageBody: string }[] };
      if (left-- <= 0) return next();
      const refused = batch.Entries.filter(({ MessageBody }) => refuses(MessageBody));
      batch.Entries = batch.Entries.filter(entry => !refused.includes(entry));
      const output = batch.Entries.length > 0 ? await next() : {};
      return {
        ...output,
        Failed: refused.map(({ Id }) => ({ Id, SenderFault, Code: 'InternalError', Message: 'try later' })),
      };
    });
    return { ...fixture, calls };
  }

  it('is sent again, alone, until SQS takes it', async () => {
    const { cloud, queue, client, calls } = await setUpRefusal(body => /n[27]"/.test(body), 2, false);

    const outcomes = await client.sendTasks(greet, names(10));

    expect(outcomes.every(({ status }) => status === 'sent')).toBe(true);
    expect(calls).toHaveLength(3);
    const received = cloud.messages(queue).map(message => envelopeOf(message).payload);
    expect(received).toHaveLength(10);
    expect(new Set(received.map(payload => JSON.stringify(payload))).size).toBe(10);
    expect(await cloud.rows()).toHaveLength(10);
  });

  it('fails alone, and leaves no row, when five requests did not bring it in', async () => {
    const { cloud, client, calls } = await setUpRefusal(body => body.includes('n4"'), 99, false);

    const outcomes = await client.sendTasks(greet, names(10));

    expect(outcomes[4]).toMatchObject({
      status: 'failed',
      error: { message: 'SQS refused the message (after retries): InternalError: try later' },
    });
    expect(outcomes.filter(({ status }) => status === 'failed')).toHaveLength(1);
    expect(calls).toHaveLength(5);
    expect(await cloud.rows()).toHaveLength(9);
  });

  it("fails at once when it is the sender's fault", async () => {
    const { client, calls } = await setUpRefusal(body => body.includes('n4"'), 99, true);

    const outcomes = await client.sendTasks(greet, names(10));

    expect(outcomes[4]).toMatchObject({ status: 'failed' });
    expect(calls).toHaveLength(1);
  });

  it('does not keep other batches from going when a whole request fails', async () => {
    const { cloud, client } = await setUp();
    let first = true;
    intercept(cloud.sqs, (_command, next) => {
      if (!first) return next();
      first = false;
      return Promise.reject(new Error('no network'));
    });

    const outcomes = await client.sendTasks(greet, names(20));

    expect(outcomes.slice(0, 10)).toEqual(
      Array.from({ length: 10 }, () => ({ status: 'failed', error: new Error('no network') })),
    );
    expect(outcomes.slice(10).every(({ status }) => status === 'sent')).toBe(true);
  });
});
