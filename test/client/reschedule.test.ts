import { describe, expect, it } from 'vitest';
import { DAY_MS, envelopeOf, greet, intercept, repeatWrites, START_MS, startCloud } from './cloud-fixture.ts';

const ADA = { name: 'Ada' };

async function withWaitingRun(options = {}, delay = '90d' as const) {
  const cloud = await startCloud();
  const queue = cloud.schedulingQueue(options);
  const warnings: Error[] = [];
  const client = cloud.client([queue], { onWarning: warning => warnings.push(warning) });
  const { runId } = await client.sendTask(greet, ADA, { delay, groupKey: 'ada' });
  return { cloud, queue, client, runId, warnings };
}

const timesOf = (cloud: Awaited<ReturnType<typeof startCloud>>) =>
  cloud.schedules().map(({ input }) => input.ScheduleExpression);

describe('moving a run that waits in Scheduler', () => {
  it.each([
    ['later', { delay: '100d' }, 100 * DAY_MS],
    ['sooner', { at: new Date(START_MS + DAY_MS) }, DAY_MS],
  ] as const)('%s has it begin then, and then alone', async (_, time, ms) => {
    const { cloud, client, queue, runId } = await withWaitingRun();

    const run = await client.reschedule(runId, time);

    expect(run).toMatchObject({ status: 'queued', scheduledFor: new Date(START_MS + ms) });
    expect(cloud.schedules()).toHaveLength(1);
    cloud.clock.advance(ms - 1000);
    expect(cloud.messages(queue)).toEqual([]);
    cloud.clock.advance(1000);
    expect(cloud.messages(queue).map(envelopeOf)).toMatchObject([{ runId, payload: ADA, moves: 1 }]);
    expect(cloud.schedules()).toEqual([]);
  });

  it('remembers it for as long after its new time', async () => {
    const { cloud, client, runId } = await withWaitingRun();

    await client.reschedule(runId, { delay: '200d' });

    expect((await cloud.rows())[0]?.expiresAt).toBe((START_MS + 203 * DAY_MS) / 1000);
  });

  it('sooner is remembered for as long as its earlier message may come all the same', async () => {
    const { cloud, client, queue, runId } = await withWaitingRun();
    const [before] = await cloud.rows();

    await client.reschedule(runId, { delay: '2d' });
    await client.reschedule(runId, { delay: '1d' });

    const latestCopyAt = START_MS + 90 * DAY_MS;
    expect(await cloud.rows()).toMatchObject([{ latestCopyAt, expiresAt: before?.expiresAt }]);
    await client.cancelRun(runId);
    expect((await cloud.rows())[0]?.expiresAt).toBeGreaterThanOrEqual((latestCopyAt + 14 * DAY_MS) / 1000);
    expect(cloud.messages(queue)).toEqual([]);
  });

  it('to a time within 15 minutes is possible, too', async () => {
    const { cloud, client, runId } = await withWaitingRun();

    await client.reschedule(runId, { delay: '5m' });

    expect(timesOf(cloud)).toEqual(['at(2030-01-01T12:05:00)']);
  });

  it('keeps its group on a FIFO queue', async () => {
    const { cloud, client, runId } = await withWaitingRun({ fifo: true });

    await client.reschedule(runId, { delay: '2d' });

    expect(cloud.schedules()[0]?.input.Target).toMatchObject({ SqsParameters: { MessageGroupId: 'ada' } });
  });

  it('again and again counts its moves', async () => {
    const { cloud, client, queue, runId } = await withWaitingRun();

    await client.reschedule(runId, { delay: '2d' });
    await client.reschedule(runId, { delay: '1d' });

    cloud.clock.advance(DAY_MS);
    expect(cloud.messages(queue).map(envelopeOf)).toMatchObject([{ moves: 2 }]);
  });

  it('can be undone by canceling it', async () => {
    const { cloud, client, runId } = await withWaitingRun();
    await client.reschedule(runId, { delay: '2d' });

    await client.cancelRun(runId);

    expect(cloud.schedules()).toEqual([]);
  });
});

describe('moving a run', () => {
  it('that somebody else moves at the same time leaves one schedule, of who was first', async () => {
    // GIVEN another client that moves it while this one makes its schedule
    const { cloud, client, queue, runId } = await withWaitingRun();
    let met = false;
    intercept(cloud.scheduler, async (command, next) => {
      if (command !== 'CreateScheduleCommand' || met) return await next();
      met = true;
      const made = await next();
      await cloud.client([queue]).reschedule(runId, { delay: '3d' });
      return made;
    });

    // WHEN
    await expect(client.reschedule(runId, { delay: '7d' })).rejects.toThrow(/was moved meanwhile/);

    // THEN
    expect(timesOf(cloud)).toEqual(['at(2030-01-04T12:00:00)']);
    expect(await client.getRun(runId)).toMatchObject({ scheduledFor: new Date(START_MS + 3 * DAY_MS) });
  });

  it.each([
    ['sooner', '1d', [1, 89], [1, 0]],
    ['later', '100d', [90, 10], [0, 1]],
  ] as const)('to %s that dies after the new schedule was made leaves two, and remembers the run beyond both', async (_, delay, days, moves) => {
    // GIVEN
    const { cloud, client, queue, runId } = await withWaitingRun();
    let updates = 0;
    intercept(cloud.dynamodb, async (command, next) => {
      if (command === 'UpdateItemCommand' && ++updates === 2) throw new Error('the process died');
      return await next();
    });

    // WHEN
    await expect(client.reschedule(runId, { delay })).rejects.toThrow('the process died');

    // THEN
    expect(timesOf(cloud)).toHaveLength(2);
    const [row] = await cloud.rows();
    expect(row).not.toHaveProperty('moves');
    expect(row?.latestCopyAt).toBe(START_MS + (days[0] + days[1]) * DAY_MS);
    const fired = days.flatMap(each => {
      cloud.clock.advance(each * DAY_MS);
      return cloud.messages(queue).map(message => envelopeOf(message).moves ?? 0);
    });
    expect(fired).toEqual(moves);
  });

  it('that dies before the new schedule was made has noted its time, and can be repeated', async () => {
    const { cloud, client, runId } = await withWaitingRun();
    let died = false;
    intercept(cloud.scheduler, async (command, next) => {
      if (command !== 'CreateScheduleCommand' || died) return await next();
      died = true;
      throw new Error('the process died');
    });
    await expect(client.reschedule(runId, { delay: '100d' })).rejects.toThrow('the process died');

    await client.reschedule(runId, { delay: '95d' });

    expect(await cloud.rows()).toMatchObject([{ moves: 1, latestCopyAt: START_MS + 100 * DAY_MS }]);
  });

  it('whose record was written without an answer is moved: the new schedule stays', async () => {
    const { cloud, client, runId } = await withWaitingRun();
    repeatWrites(cloud);

    const run = await client.reschedule(runId, { delay: '1d' });

    expect(run).toMatchObject({ scheduledFor: new Date(START_MS + DAY_MS) });
    expect(timesOf(cloud)).toEqual(['at(2030-01-02T12:00:00)']);
  });

  it('warns when the old schedule is not deleted: its message will be passed over', async () => {
    const { cloud, client, queue, runId, warnings } = await withWaitingRun();
    intercept(cloud.scheduler, async (command, next) => {
      if (command === 'DeleteScheduleCommand') throw new Error('no permission');
      return await next();
    });

    await client.reschedule(runId, { delay: '100d' });

    expect(warnings).toHaveLength(1);
    cloud.clock.advance(90 * DAY_MS);
    const [row] = await cloud.rows();
    expect(cloud.messages(queue).map(message => envelopeOf(message).moves ?? 0)).toEqual([0]);
    expect(row?.moves).toBe(1);
  });

  it.each([
    ['that has begun', 'running', /cannot be moved: it is running/],
    ['that was canceled', 'canceled', /cannot be moved: it is canceled/],
  ] as const)('%s fails', async (_, status, message) => {
    const { cloud, client, runId } = await withWaitingRun();
    const [row] = await cloud.rows();
    if (row) await cloud.putRow({ ...row, status });

    await expect(client.reschedule(runId, { delay: '1d' })).rejects.toThrow(message);
  });

  it('that was sent without a delay fails', async () => {
    const { client } = await withWaitingRun();
    const { runId } = await client.sendTask(greet, ADA);

    await expect(client.reschedule(runId, { delay: '1d' })).rejects.toThrow(/it was sent without a delay/);
  });

  it('that its queue holds, or that has just fired, fails', async () => {
    const { cloud, client, runId } = await withWaitingRun();
    const inQueue = await client.sendTask(greet, ADA, { delay: '5m' });
    cloud.clock.advance(90 * DAY_MS);

    for (const id of [inQueue.runId, runId]) {
      await expect(client.reschedule(id, { delay: '1d' })).rejects.toThrow(/it is on its way to its queue/);
    }
  });

  it.each([
    [{}, /delay or at must be given, got neither/],
    [{ at: new Date(START_MS - 1) }, /at must lead to a time from now/],
    [{ delay: '1d', at: new Date(START_MS + 1) }, /must not both be given/],
  ] as const)('with %j fails', async (time, message) => {
    const { client, runId } = await withWaitingRun();

    await expect(client.reschedule(runId, time)).rejects.toThrow(message);
  });

  it('that there is not fails', async () => {
    const { client } = await withWaitingRun();

    await expect(client.reschedule('nobody', { delay: '1d' })).rejects.toThrow(/There is no run nobody/);
  });
});
