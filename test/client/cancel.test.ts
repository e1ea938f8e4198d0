import { describe, expect, it } from 'vitest';
import type { RunItem } from '../../contract/run-item.ts';
import { DAY_MS, greet, record, START_MS, startCloud } from './cloud-fixture.ts';
import { startDeadLetterCloud } from './dead-letter-fixture.ts';

const item: RunItem = {
  runId: 'run',
  task: 'greet',
  status: 'queued',
  epoch: 3,
  attempt: 1,
  createdAt: START_MS - 1000,
};

describe('canceling a run', () => {
  it('finds it beside a table whose runs may not be changed, and fails only where the run may be there', async () => {
    const cloud = await startCloud();
    await cloud.putRow(item);
    const queue = cloud.queue();
    const client = cloud.client([{ ...queue, table: 'others' }, queue]);

    expect(await client.cancelRun('run')).toMatchObject({ status: 'canceled' });
    await expect(client.cancelRun('other')).rejects.toThrow('Requested resource not found');
  });

  it.each(['queued', 'retrying'] as const)('that is %s ends it, by one write', async status => {
    const { client, putRow, dynamodb, row } = await startDeadLetterCloud();
    await putRow({ ...item, status, notBefore: START_MS + 1000 });
    const calls = record(dynamodb);

    const run = await client.cancelRun('run');

    expect(run).toMatchObject({ runId: 'run', status: 'canceled', epoch: 3, finishedAt: new Date(START_MS) });
    expect(calls.map(({ command }) => command)).toEqual(['UpdateItemCommand']);
    expect(await row('run')).toEqual({
      ...item,
      status: 'canceled',
      finishedAt: START_MS,
      expiresAt: (START_MS + 30 * DAY_MS) / 1000,
    });
  });

  it('that is queued keeps its handler from running: its message is acknowledged', async () => {
    const { client, deliver, handler, local, queue } = await startDeadLetterCloud();
    const { runId } = await client.sendTask(greet, { name: 'Ada' });

    await client.cancelRun(runId);
    await deliver();

    expect(handler).not.toHaveBeenCalled();
    expect(local(queue).counts()).toMatchObject({ visible: 0, inFlight: 0 });
    expect(await client.getRun(runId)).toMatchObject({ status: 'canceled' });
  });

  it('that is running asks it to end, once', async () => {
    const { client, putRow, row, clock } = await startDeadLetterCloud();
    await putRow({ ...item, status: 'running', leaseId: 'lease', leaseUntil: START_MS + 1000 });

    const run = await client.cancelRun('run');
    clock.advance(500);
    await client.cancelRun('run');

    expect(run).toMatchObject({ status: 'running', cancelRequestedAt: new Date(START_MS) });
    expect(await row('run')).toMatchObject({
      status: 'running',
      leaseId: 'lease',
      cancelRequestedAt: START_MS,
    });
  });

  it.each(['succeeded', 'deadLettered', 'canceled'] as const)('that is %s answers so', async status => {
    const { client, putRow, row } = await startDeadLetterCloud();
    await putRow({ ...item, status });

    expect(await client.cancelRun('run')).toMatchObject({ status });
    expect(await row('run')).toEqual({ ...item, status });
  });

  it('is remembered as its task says, but not shorter than its message may lie in the queue', async () => {
    const { client, putRow, row } = await startDeadLetterCloud();
    await putRow(item);
    await client.cancelRun('run', { task: greet }); // Two days.

    expect(await row('run')).toMatchObject({ expiresAt: (START_MS + 14 * DAY_MS) / 1000 });
  });

  it('fails for a run that nobody knows, and makes none', async () => {
    const { client, rows } = await startDeadLetterCloud();

    await expect(client.cancelRun('nobody')).rejects.toThrow('There is no run nobody');
    expect(await rows()).toEqual([]);
  });
});

describe('canceling by a filter', () => {
  async function setUp() {
    const cloud = await startDeadLetterCloud();
    const runs = [];
    for (let sent = 0; sent < 5; sent++) runs.push(await cloud.client.sendTask(greet, { name: 'Ada' }));
    const [running, retrying, succeeded] = (await cloud.rows()).sort((a, b) => (a.runId < b.runId ? -1 : 1));
    for (const [row, status] of [
      [running, 'running'],
      [retrying, 'retrying'],
      [succeeded, 'succeeded'],
    ] as const)
      if (row) await cloud.putRow({ ...row, status });
    return cloud;
  }

  it('cancels what waits, asks what runs, and counts what has ended', async () => {
    const { client, rows } = await setUp();

    expect(await client.cancelRuns({ task: greet })).toEqual({
      canceled: 3,
      requested: 1,
      ended: 1,
      skipped: 0,
    });

    expect((await rows()).map(({ status }) => status).sort()).toEqual([
      'canceled',
      'canceled',
      'canceled',
      'running',
      'succeeded',
    ]);
  });

  it('keeps to a status and a range', async () => {
    const { client } = await setUp();

    expect(await client.cancelRuns({ task: greet, status: 'retrying' })).toEqual({
      canceled: 1,
      requested: 0,
      ended: 1,
      skipped: 3,
    });
    const range = { from: new Date(START_MS + 1), to: new Date(START_MS + 2) };
    expect(await client.cancelRuns({ task: greet, ...range })).toMatchObject({ canceled: 0, ended: 0 });
  });

  it('changes nothing in a dry run', async () => {
    const { client, rows } = await setUp();
    const before = await rows();

    expect(await client.cancelRuns({ task: greet }, { dryRun: true })).toMatchObject({
      canceled: 3,
      requested: 1,
    });
    expect(await rows()).toEqual(before);
  });
});
