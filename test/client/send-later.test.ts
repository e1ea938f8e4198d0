import { describe, expect, it, vi } from 'vitest';
import { hideContextAttributes } from '../../contract/firing.ts';
import { listKey } from '../../contract/run-item.ts';
import { defineTask } from '../../contract/task.ts';
import {
  DAY_MS,
  envelopeOf,
  greet,
  intercept,
  record,
  repeatWrites,
  START_MS,
  startCloud,
} from './cloud-fixture.ts';

const ADA = { name: 'Ada' };
const MINUTE_MS = 60_000;

async function setUp(options = {}) {
  const cloud = await startCloud();
  const queue = cloud.schedulingQueue(options);
  return { cloud, queue, client: cloud.client([queue]) };
}

const named = (name: string) => Object.assign(new Error(`${name} from AWS`), { name });

describe('a send for later', () => {
  it.each([
    ['15m', 900, 0],
    ['15m1s', undefined, 1],
  ])('of %s is held by the queue for %s s and by %i schedules', async (delay, DelaySeconds, schedules) => {
    const { cloud, client } = await setUp();
    const calls = record(cloud.sqs);

    await client.sendTask(greet, ADA, { at: new Date(START_MS + (delay === '15m' ? 900_000 : 901_000)) });

    expect(calls.map(({ input }) => (input as { DelaySeconds?: number }).DelaySeconds)).toEqual(
      DelaySeconds === undefined ? [] : [DelaySeconds],
    );
    expect(cloud.schedules()).toHaveLength(schedules);
  });

  it('waits in a one-time schedule of the group that sends the envelope and is deleted then', async () => {
    const { cloud, client, queue } = await setUp();

    const { runId } = await client.sendTask(greet, ADA, { delay: '90d' });

    expect(cloud.schedules().map(({ input }) => input)).toMatchObject([
      {
        Name: `${runId}.0`,
        GroupName: 'later',
        ScheduleExpression: 'at(2030-04-01T12:00:00)',
        ScheduleExpressionTimezone: 'UTC',
        FlexibleTimeWindow: { Mode: 'OFF' },
        ActionAfterCompletion: 'DELETE',
        Target: {
          Arn: queue.schedules?.queue,
          RoleArn: queue.schedules?.role,
          DeadLetterConfig: { Arn: queue.schedules?.deadLetter },
          RetryPolicy: { MaximumRetryAttempts: 60, MaximumEventAgeInSeconds: 3600 },
        },
      },
    ]);
    cloud.clock.advance(90 * DAY_MS);
    expect(cloud.messages(queue).map(envelopeOf)).toEqual([
      { v: 1, runId, epoch: 0, task: 'greet', payload: ADA, depth: 0 },
    ]);
    expect(cloud.schedules()).toEqual([]);
  });

  it('is a queued run that tells its time, and is remembered for its retention after it', async () => {
    const { cloud, client } = await setUp();

    const { runId } = await client.sendTask(greet, ADA, { delay: '90d' });

    expect(await client.getRun(runId)).toMatchObject({
      status: 'queued',
      scheduledFor: new Date(START_MS + 90 * DAY_MS),
    });
    expect(await cloud.rows()).toEqual([
      {
        runId,
        task: 'greet',
        status: 'queued',
        epoch: 0,
        attempt: 0,
        createdAt: START_MS,
        scheduledFor: START_MS + 90 * DAY_MS,
        scheduleName: `${runId}.0`,
        expiresAt: (START_MS + 93 * DAY_MS) / 1000,
        listKey: listKey('greet', START_MS, runId),
      },
    ]);
  });

  it('has a row even where queued runs are not tracked, and is not listed there', async () => {
    const { cloud, client } = await setUp({ trackQueued: false });

    await client.sendTask(greet, ADA, { delay: '1d' });

    const [row] = await cloud.rows();
    expect(row).toMatchObject({ status: 'queued' });
    expect(row).not.toHaveProperty('listKey');
  });

  it('tells its time when the queue holds it, too', async () => {
    const { client } = await setUp();

    const { runId } = await client.sendTask(greet, ADA, { delay: '1m' });

    expect(await client.getRun(runId)).toMatchObject({ scheduledFor: new Date(START_MS + MINUTE_MS) });
  });

  it('begins at once when its time is now', async () => {
    const { cloud, client, queue } = await setUp();

    await client.sendTask(greet, ADA, { at: new Date(START_MS) });

    expect(cloud.messages(queue)).toHaveLength(1);
  });

  it('never fires before its time: a part of a second is rounded up', async () => {
    const { cloud, client } = await setUp();

    await client.sendTask(greet, ADA, { at: new Date(START_MS + DAY_MS + 1) });

    expect(cloud.schedules().map(({ input }) => input.ScheduleExpression)).toEqual([
      'at(2030-01-02T12:00:01)',
    ]);
  });

  it('carries a payload that looks like a context attribute as it is', async () => {
    const { cloud, client, queue } = await setUp();
    const payload = { name: '<aws.scheduler.scheduled-time>' };

    await client.sendTask(greet, payload, { delay: '1d' });

    cloud.clock.advance(DAY_MS);
    expect(cloud.messages(queue).map(message => envelopeOf(message).payload)).toEqual([payload]);
  });

  it('on a FIFO queue waits in a schedule however short the delay, a minute at least, and keeps its group', async () => {
    const { cloud, client, queue } = await setUp({ fifo: true });

    await client.sendTask(greet, ADA, { delay: '1s', groupKey: 'ada' });

    expect(cloud.schedules().map(({ input }) => input)).toMatchObject([
      { ScheduleExpression: 'at(2030-01-01T12:01:00)', Target: { SqsParameters: { MessageGroupId: 'ada' } } },
    ]);
    expect(cloud.messages(queue)).toEqual([]);
  });

  it('on a standard queue leaves the group out, which Scheduler refuses there', async () => {
    const { cloud, client } = await setUp();

    await client.sendTask(greet, ADA, { delay: '1d', groupKey: 'ada' });

    expect(cloud.schedules()[0]?.input.Target).not.toHaveProperty('SqsParameters');
  });
});

describe('a keyed send for later', () => {
  const later = { delay: '3d', idempotencyKey: 'ada' } as const;

  it('is one run and one schedule however often it is sent, at the time first given', async () => {
    const { cloud, client } = await setUp();

    const first = await client.sendTask(greet, ADA, later);
    cloud.clock.advance(DAY_MS);
    const second = await client.sendTask(greet, ADA, later);

    expect(second).toEqual({ runId: first.runId, duplicate: true });
    expect(cloud.schedules().map(({ input }) => input.ScheduleExpression)).toEqual([
      'at(2030-01-04T12:00:00)',
    ]);
    expect(await client.getRun(first.runId)).toMatchObject({ scheduledFor: new Date(START_MS + 3 * DAY_MS) });
  });

  it('makes the schedule that a sender which died before it did not make, for the time first given', async () => {
    const { cloud, client } = await setUp();
    let dies = true;
    intercept(cloud.scheduler, async (_, next) => {
      if (dies) throw named('TimeoutError');
      return await next();
    });
    await expect(client.sendTask(greet, ADA, later)).rejects.toThrow('TimeoutError');
    dies = false;
    cloud.clock.advance(DAY_MS);

    await client.sendTask(greet, ADA, later);

    expect(cloud.schedules().map(({ input }) => input.ScheduleExpression)).toEqual([
      'at(2030-01-04T12:00:00)',
    ]);
  });

  it('is a duplicate for who may not schedule', async () => {
    const cloud = await startCloud();
    const queue = cloud.schedulingQueue();
    const { schedules: _, ...sendingQueue } = queue;
    await cloud.client([queue]).sendTask(greet, ADA, { delay: '3d', idempotencyKey: 'user-1' });

    const sent = await cloud.client([sendingQueue]).sendTask(greet, ADA, { idempotencyKey: 'user-1' });

    expect(sent.duplicate).toBe(true);
    expect(cloud.messages(queue)).toEqual([]);
    expect(cloud.schedules()).toHaveLength(1);
  });

  it('is sent at once when its time has passed without a sign of it', async () => {
    const { cloud, client, queue } = await setUp();
    await client.sendTask(greet, ADA, later);
    cloud.clock.advance(3 * DAY_MS);
    cloud.messages(queue);

    await client.sendTask(greet, ADA, later);

    expect(cloud.messages(queue)).toHaveLength(1);
  });

  it('makes no second schedule for a run that was moved', async () => {
    const { cloud, client } = await setUp();
    const { runId } = await client.sendTask(greet, ADA, later);
    await client.reschedule(runId, { delay: '7d' });

    await client.sendTask(greet, ADA, later);

    expect(cloud.schedules().map(({ input }) => input.ScheduleExpression)).toEqual([
      'at(2030-01-08T12:00:00)',
    ]);
  });
});

describe('sends for later in bulk', () => {
  it('go to the queue and to Scheduler, each by its own time', async () => {
    const { cloud, client, queue } = await setUp();
    const delays = [undefined, '1m', '1d', '2d'] as const;

    const outcomes = await client.sendTasks(
      greet,
      delays.map(delay => ({ payload: ADA, ...(delay && { delay }) })),
    );

    expect(outcomes.map(({ status }) => status)).toEqual(Array(4).fill('sent'));
    expect(cloud.local(queue).counts()).toMatchObject({ visible: 1, delayed: 1 });
    expect(cloud.schedules()).toHaveLength(2);
    expect(await cloud.rows()).toHaveLength(4);
  });

  it('fail alone where Scheduler refuses one', async () => {
    const { cloud, client } = await setUp();
    let calls = 0;
    intercept(cloud.scheduler, async (_, next) => {
      if (++calls === 2) throw named('AccessDeniedException');
      return await next();
    });

    const outcomes = await client.sendTasks(
      greet,
      Array.from({ length: 3 }, () => ({ payload: ADA, delay: '1d' as const })),
    );

    expect(outcomes.filter(({ status }) => status === 'failed')).toHaveLength(1);
    expect(cloud.schedules()).toHaveLength(2);
    expect(await cloud.rows()).toHaveLength(2);
  });

  it('are tried again with backoff while Scheduler throttles', async () => {
    const { cloud, client } = await setUp();
    let throttles = 12;
    intercept(cloud.scheduler, async (_, next) => {
      if (throttles-- > 0) throw named('ThrottlingException');
      return await next();
    });

    const outcomes = await client.sendTasks(
      greet,
      Array.from({ length: 5 }, () => ({ payload: ADA, delay: '1d' as const })),
    );

    expect(outcomes.map(({ status }) => status)).toEqual(Array(5).fill('sent'));
    expect(cloud.schedules()).toHaveLength(5);
    expect(cloud.clock.now()).toBeGreaterThan(START_MS + 200);
  });
});

describe('a send for later fails', () => {
  it('when the queue would hold it beyond its maximum age', async () => {
    const cloud = await startCloud();
    const client = cloud.client([cloud.schedulingQueue()]);
    const fresh = defineTask({ name: 'greet', payload: greet.payload, maxAge: '5m' });

    await expect(client.sendTask(fresh, ADA, { delay: '5m' })).rejects.toThrow(
      "task 'greet': delay must be below the task's maxAge of 5m",
    );
    await client.sendTask(fresh, ADA, { delay: '4m' });
    await client.sendTask(fresh, ADA, { delay: '20m' });
  });

  it.each([
    [
      { at: new Date(START_MS - 1) },
      /at must lead to a time from now \(2030-01-01T12:00:00.000Z\).*got 2030-01-01T11:59:59/,
    ],
    [{ at: new Date(Number.NaN) }, /got an invalid date/],
    [{ at: new Date(Date.UTC(2200, 0)) }, /to the year 2199, got 2200-01-01/],
    [{ delay: '999999d' }, /delay must lead to a time.*got 999999d/],
    [{ delay: 'soon' }, /delay must be a number followed by/],
    [{ delay: '1d', at: new Date(START_MS + DAY_MS) }, /delay and at must not both be given/],
  ])('with %j', async (options, message) => {
    const { client, cloud } = await setUp();

    await expect(client.sendTask(greet, ADA, options as object)).rejects.toThrow(message);
    expect(await cloud.rows()).toEqual([]);
  });

  it.each([
    [
      {},
      /delay needs EventBridge Scheduler, for SQS delays a message by at most 15m, got 16m; let the stack call the queue's grantSchedule/,
    ],
    [{ fifo: true }, /delay needs EventBridge Scheduler, for SQS delays a FIFO queue as a whole/],
  ])('where the queue %j has no schedules', async (options, message) => {
    const cloud = await startCloud();
    const client = cloud.client([cloud.queue(options)]);

    await expect(client.sendTask(greet, ADA, { delay: '16m', groupKey: 'a' })).rejects.toThrow(message);
  });

  it('with a payload that Scheduler cannot hold, which the queue could', async () => {
    const { client } = await setUp();
    const payload = { name: 'x'.repeat(262_144) };

    await client.sendTask(greet, payload);
    await expect(client.sendTask(greet, payload, { delay: '1d' })).rejects.toThrow(
      /message of task 'greet' has 262\d\d\d bytes, \d+ more than the 262144 that EventBridge Scheduler can hold/,
    );
  });

  it('with what to do, when the quota of schedules is used up', async () => {
    const { cloud, client } = await setUp();
    intercept(cloud.scheduler, async () => {
      throw named('ServiceQuotaExceededException');
    });

    await expect(client.sendTask(greet, ADA, { delay: '1d' })).rejects.toThrow(
      /takes no more schedules.*'Number of schedules' raised in Service Quotas/,
    );
  });

  it('as Scheduler throttles, when it does so again and again', async () => {
    const { cloud, client } = await setUp();
    const calls = record(cloud.scheduler);
    intercept(cloud.scheduler, async () => {
      throw named('ThrottlingException');
    });

    await expect(client.sendTask(greet, ADA, { delay: '1d' })).rejects.toThrow('ThrottlingException');
    expect(calls).toHaveLength(8);
  });
});

describe('canceling a run that waits in Scheduler', () => {
  it('deletes its schedule', async () => {
    const { cloud, client } = await setUp();
    const { runId } = await client.sendTask(greet, ADA, { delay: '90d' });

    expect(await client.cancelRun(runId)).toMatchObject({ status: 'canceled' });
    expect(cloud.schedules()).toEqual([]);
  });

  it('deletes it when the answer of the cancel was lost', async () => {
    const { cloud, client } = await setUp();
    const { runId } = await client.sendTask(greet, ADA, { delay: '90d' });
    repeatWrites(cloud);

    expect(await client.cancelRun(runId)).toMatchObject({ status: 'canceled' });
    expect(cloud.schedules()).toEqual([]);
  });

  it('deletes the schedule that somebody left who canceled it and died', async () => {
    const { cloud, client } = await setUp();
    const { runId } = await client.sendTask(greet, ADA, { delay: '90d' });
    let dies = true;
    intercept(cloud.scheduler, async (_, next) => {
      if (dies) return await new Promise(() => {});
      return await next();
    });
    void client.cancelRun(runId);
    await vi.waitFor(async () => expect(await client.getRun(runId)).toMatchObject({ status: 'canceled' }));
    expect((await cloud.rows())[0]?.expiresAt).toBe((START_MS + 120 * DAY_MS) / 1000);
    dies = false;

    await client.cancelRun(runId);

    expect(cloud.schedules()).toEqual([]);
  });

  it('warns when that fails, and remembers the run until after it has fired', async () => {
    const cloud = await startCloud();
    const warnings: Error[] = [];
    const client = cloud.client([cloud.schedulingQueue()], { onWarning: warning => warnings.push(warning) });
    const { runId } = await client.sendTask(greet, ADA, { delay: '90d' });
    intercept(cloud.scheduler, async () => {
      throw named('AccessDeniedException');
    });

    expect(await client.cancelRun(runId)).toMatchObject({ status: 'canceled' });

    expect(warnings.map(({ message }) => message)).toEqual([
      `Run ${runId} is canceled, but its schedule ${runId}.0 is not deleted`,
    ]);
    expect((await cloud.rows())[0]?.expiresAt).toBe((START_MS + 120 * DAY_MS) / 1000);
  });

  it('of whose schedules the client knows nothing remembers it until after it has fired', async () => {
    const { cloud, client, queue } = await setUp();
    const { runId } = await client.sendTask(greet, ADA, { delay: '90d' });
    const { schedules: _, ...unscheduling } = queue;

    await cloud.client([unscheduling]).cancelRun(runId);

    expect((await cloud.rows())[0]?.expiresAt).toBe((START_MS + 120 * DAY_MS) / 1000);
  });
});

it('hides nothing but what Scheduler would replace', () => {
  expect(hideContextAttributes('{"html":"<b><aws.scheduler.attempt-number>"}')).toBe(
    '{"html":"<b>\\u003caws.scheduler.attempt-number>"}',
  );
});
