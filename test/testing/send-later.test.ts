import {
  CreateScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import type { ManualTimeApp } from 'cdk-background-jobs/testing';
import { expect, onTestFinished, test } from 'vitest';
import { remind, remindLater } from './fixtures/tasks.ts';
import { mayScheduleItself, startShop } from './start-shop.ts';

const ADA = { user: 'ada' };
const THREE_DAYS_LATER = new Date('2030-01-04T00:00:00Z');

/** The consumer, whose handler sends for later, may do so by its role alone. */
async function startSchedulingShop() {
  const app = await startShop(undefined, {}, mayScheduleItself);
  const scheduler = new SchedulerClient(app.clientConfig);
  onTestFinished(() => scheduler.destroy());
  return { app, scheduler };
}

async function namesIn(scheduler: SchedulerClient): Promise<string[]> {
  const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({}));
  return Schedules.flatMap(({ Name = [] }) => Name);
}

/** A schedule that sends, at that time, what the one that is there would. */
async function fireAlso(scheduler: SchedulerClient, at: string): Promise<void> {
  const { Schedules: [waiting] = [] } = await scheduler.send(new ListSchedulesCommand({}));
  const { Name, GroupName } = waiting ?? {};
  const { Target } = await scheduler.send(new GetScheduleCommand({ Name, GroupName }));
  await scheduler.send(
    new CreateScheduleCommand({
      Name: 'again',
      GroupName,
      Target,
      ScheduleExpression: `at(${at})`,
      FlexibleTimeWindow: { Mode: 'OFF' },
    }),
  );
}

async function runsOf(app: ManualTimeApp) {
  const { runs } = await app.client.listRuns({ task: remind });
  return runs;
}

test('a run that a handler sends for three days later begins then, and leaves no schedule behind', async () => {
  const { app, scheduler } = await startSchedulingShop();
  await app.client.sendTask(remindLater, ADA);
  await app.idle();
  const [{ runId, status, scheduledFor } = { runId: 'none' }] = await runsOf(app);
  expect({ status, scheduledFor }).toEqual({ status: 'queued', scheduledFor: THREE_DAYS_LATER });
  expect(await namesIn(scheduler)).toHaveLength(1);

  await app.advance('71h');
  expect(await app.client.getRun(runId)).toMatchObject({ status: 'queued' });
  await app.advance('1h');

  expect(await app.client.getRun(runId)).toMatchObject({
    status: 'succeeded',
    result: { user: 'ada', at: THREE_DAYS_LATER.toISOString() },
  });
  expect(await namesIn(scheduler)).toEqual([]);
});

test('a canceled run has no schedule and never begins', async () => {
  const { app, scheduler } = await startSchedulingShop();
  const { runId } = await app.client.sendTask(remind, ADA, { delay: '3d' });

  await app.client.cancelRun(runId);

  expect(await namesIn(scheduler)).toEqual([]);
  await app.advance('4d');
  expect(await app.client.getRun(runId)).toMatchObject({ status: 'canceled', attempt: 0 });
});

test('a run whose schedule fires twice, and late, begins once', async () => {
  const { app, scheduler } = await startSchedulingShop();
  const { runId } = await app.client.sendTask(remind, ADA, { delay: '3d' });
  await fireAlso(scheduler, '2030-01-04T05:00:00');

  await app.advance('4d');

  expect(await app.client.getRun(runId)).toMatchObject({
    status: 'succeeded',
    attempt: 1,
    result: { at: THREE_DAYS_LATER.toISOString() },
  });
});

test('a firing that was on its way when its run was moved is passed over', async () => {
  const { app, scheduler } = await startSchedulingShop();
  const { runId } = await app.client.sendTask(remind, ADA, { delay: '3d' });
  await fireAlso(scheduler, '2030-01-04T00:00:00');

  await app.client.reschedule(runId, { delay: '10d' });
  await app.advance('9d');

  expect(await app.client.getRun(runId)).toMatchObject({ status: 'queued', attempt: 0 });
  await app.advance('1d');
  expect(await app.client.getRun(runId)).toMatchObject({
    status: 'succeeded',
    result: { at: '2030-01-11T00:00:00.000Z' },
  });
});

test('a consumer that was not granted it cannot send for later, and is told what to do', async () => {
  const app = await startShop();
  const { runId } = await app.client.sendTask(remindLater, ADA);
  await app.idle();
  expect(await app.client.getRun(runId)).toMatchObject({
    status: 'deadLettered',
    error: { message: expect.stringContaining('grantSchedule(fn)') },
  });
});
