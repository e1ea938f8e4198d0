import { describe, expect, it } from 'vitest';
import { RunWaitTimeoutError } from '../../client/wait-for-run.ts';
import { systemClock } from '../../contract/clock.ts';
import type { RunStatus } from '../../contract/run.ts';
import type { RunItem } from '../../contract/run-item.ts';
import { greet, record, START_MS, startCloud } from './cloud-fixture.ts';

const ITEM: RunItem = {
  runId: 'r1',
  task: 'greet',
  status: 'running',
  epoch: 0,
  attempt: 1,
  createdAt: START_MS,
};

async function setUp(item?: Partial<RunItem>) {
  const cloud = await startCloud();
  const queue = cloud.queue();
  if (item) await cloud.putRow({ ...ITEM, ...item });
  return { cloud, queue, client: cloud.client([queue]) };
}

describe('getRun', () => {
  it('reads a run with its dates, result and error', async () => {
    const { client } = await setUp({
      status: 'succeeded',
      attempt: 2,
      startedAt: START_MS + 1,
      finishedAt: START_MS + 2,
      result: '{"sent":true}',
      error: '{"name":"Error","message":"first attempt"}',
      leaseId: 'internal',
    });

    expect(await client.getRun('r1')).toEqual({
      runId: 'r1',
      task: 'greet',
      status: 'succeeded',
      epoch: 0,
      attempt: 2,
      createdAt: new Date(START_MS),
      startedAt: new Date(START_MS + 1),
      finishedAt: new Date(START_MS + 2),
      result: { sent: true },
      error: { name: 'Error', message: 'first attempt' },
    });
  });

  it('finds a run beside a table that may not be read, and fails only where the run may be there', async () => {
    const { cloud, queue } = await setUp({});
    const client = cloud.client([{ ...queue, table: 'others' }, queue]);

    expect(await client.getRun('r1')).toMatchObject({ runId: 'r1' });
    await expect(client.getRun('r2')).rejects.toThrow('Requested resource not found');
  });

  it('is undefined when there is no run', async () => {
    const { client } = await setUp();

    expect(await client.getRun('r1')).toBeUndefined();
  });

  it('is undefined when the retention has ended and the item is not yet deleted', async () => {
    const { client } = await setUp({ status: 'succeeded', expiresAt: START_MS / 1000 });

    expect(await client.getRun('r1')).toBeUndefined();
  });

  it('reads each table once, however many queues share it, strongly consistent', async () => {
    const { cloud, queue } = await setUp();
    const calls = record(cloud.dynamodb);

    await cloud.client([queue, cloud.queue({ tasks: ['other'] })]).getRun('r1');

    expect(calls).toMatchObject([{ input: { TableName: 'runs', ConsistentRead: true } }]);
  });
});

describe('waitForRun', () => {
  it.each<RunStatus>(['succeeded', 'deadLettered', 'canceled'])('answers a run that is %s', async status => {
    const { client } = await setUp({ status });

    expect(await client.waitForRun('r1', { timeout: '0s' })).toMatchObject({ status });
  });

  it('waits, through the statuses that are not the last, for a run that is not there yet', async () => {
    // GIVEN a run that comes and ends while the client sleeps
    const { cloud, queue } = await setUp();
    const story: (() => Promise<void>)[] = [
      () => cloud.putRow({ ...ITEM, status: 'queued' }),
      () => cloud.putRow({ ...ITEM, status: 'running' }),
      () => cloud.putRow({ ...ITEM, status: 'retrying' }),
      () => cloud.putRow({ ...ITEM, status: 'succeeded' }),
    ];
    const sleep = async (ms: number) => {
      cloud.clock.advance(ms);
      await story.shift()?.();
    };

    // WHEN
    const client = cloud.client([queue], { clock: { ...cloud.clock, sleep } });
    const run = await client.waitForRun('r1', { timeout: '1m' });

    // THEN
    expect(run.status).toBe('succeeded');
    expect(story).toEqual([]);
  });

  it('reads every 100 ms at first, every 2 s in the end, and once more when the time is over', async () => {
    const { cloud, queue } = await setUp({ status: 'running' });
    const sleeps: number[] = [];
    const sleep = async (ms: number) => {
      sleeps.push(ms);
      cloud.clock.advance(ms);
    };
    const calls = record(cloud.dynamodb);

    const wait = cloud
      .client([queue], { clock: { ...cloud.clock, sleep } })
      .waitForRun('r1', { timeout: '10s' });

    await expect(wait).rejects.toThrow(RunWaitTimeoutError);
    expect(sleeps[0]).toBe(100);
    expect(Math.max(...sleeps)).toBe(2000);
    expect(sleeps.reduce((sum, ms) => sum + ms)).toBe(10_000);
    expect(calls).toHaveLength(sleeps.length + 1);
  });

  it('fails when the time is over, with the run, its last status and the timeout', async () => {
    const { client } = await setUp({ status: 'retrying' });

    await expect(client.waitForRun('r1', { timeout: '5s' })).rejects.toMatchObject({
      name: 'RunWaitTimeoutError',
      message: 'Run r1 did not end within 5s: it is retrying',
      runId: 'r1',
      lastStatus: 'retrying',
    });
    await expect(client.waitForRun('r2', { timeout: '5s' })).rejects.toThrow(
      'Run r2 did not end within 5s: it was not found',
    );
  });

  it("fails with the signal's reason as soon as it aborts", async () => {
    // GIVEN a client with real sleeps and a run that does not end
    const { cloud, queue } = await setUp({ status: 'running' });
    const controller = new AbortController();
    const sleep = (ms: number, signal?: AbortSignal) => {
      queueMicrotask(() => controller.abort(new Error('the caller has gone')));
      return systemClock.sleep(ms * 1e6, signal);
    };

    // WHEN
    const client = cloud.client([queue], { clock: { ...cloud.clock, sleep } });
    const wait = client.waitForRun('r1', { timeout: '1d', signal: controller.signal });

    // THEN
    await expect(wait).rejects.toThrow('the caller has gone');
  });

  it('fails when the timeout is no duration', async () => {
    const { client } = await setUp();

    await expect(client.waitForRun('r1', { timeout: 'soon' as never })).rejects.toThrow(
      "waitForRun: timeout must be a number followed by ms, s, m, h or d, such as '30s' or '1.5h'; got 'soon'",
    );
  });
});

describe('countRuns', () => {
  it('counts what waits, is in flight, is delayed, and is dead-lettered', async () => {
    const { cloud, queue, client } = await setUp();
    await client.sendTasks(greet, [
      ...Array.from({ length: 5 }, () => ({ payload: { name: 'Ada' } })),
      { payload: { name: 'Ada' }, delay: '1m' },
    ]);
    cloud.local(queue).receive(2);
    const letters = cloud.client([{ ...queue, url: queue.deadLetterUrl }]);
    await letters.sendTasks(
      greet,
      Array.from({ length: 3 }, () => ({ payload: { name: 'Ada' } })),
    );
    cloud.local({ url: queue.deadLetterUrl }).receive(1);

    expect(await client.countRuns(greet)).toEqual({ waiting: 3, inFlight: 2, delayed: 1, deadLettered: 3 });
  });
});
