import { TimeZone } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { type TaskQueue, TaskSchedule } from 'cdk-background-jobs';
import type { ManualTimeApp } from 'cdk-background-jobs/testing';
import { expect, test } from 'vitest';
import { remind } from './fixtures/tasks.ts';
import { startShop } from './start-shop.ts';

const startAt = new Date('2030-03-29T12:00:00Z');

function everyNight(queue: TaskQueue): void {
  new TaskSchedule(queue, 'Nightly', {
    task: remind,
    queue,
    payload: { user: 'ada' },
    schedule: ScheduleExpression.cron({ minute: '0', hour: '8', timeZone: TimeZone.EUROPE_PARIS }),
  });
  queue.grantSchedule(queue.consumer);
}

async function resultsOf(app: ManualTimeApp) {
  const { runs } = await app.client.listRuns({ task: remind, from: startAt });
  return runs.map(({ result }) => result);
}

// Summer time begins on 31 March.
const NIGHTS = ['2030-04-01T06:00:00.000Z', '2030-03-31T06:00:00.000Z', '2030-03-30T07:00:00.000Z'].map(
  at => ({
    user: 'ada',
    at,
    schedule: 'Shop/Reminders/Nightly',
  }),
);

test('a nightly schedule keeps its hour over a change of the clocks', async () => {
  const app = await startShop(undefined, { startAt }, everyNight);

  await app.advance('3d');

  expect(await resultsOf(app)).toEqual(NIGHTS);
});

test('a delay of three days, a backoff of an hour and nights over a change of the clocks pass in one advance', async () => {
  const app = await startShop(undefined, { startAt }, everyNight);
  const later = await app.client.sendTask(remind, { user: 'bob' }, { delay: '3d' });
  const failing = await app.client.sendTask(remind, { user: 'eve', failures: 1 });

  await app.advance('3d');

  expect(await app.client.getRun(later.runId)).toMatchObject({
    result: { user: 'bob', at: '2030-04-01T12:00:00.000Z' },
  });
  expect(await app.client.getRun(failing.runId)).toMatchObject({
    attempt: 2,
    result: { user: 'eve', at: '2030-03-29T13:00:00.000Z' },
  });
  expect(await resultsOf(app)).toEqual(expect.arrayContaining(NIGHTS));
});
