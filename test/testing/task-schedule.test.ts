import { TimeZone } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { TaskSchedule } from 'cdk-background-jobs';
import { expect, test } from 'vitest';
import { remind } from './fixtures/tasks.ts';
import { startShop } from './start-shop.ts';

test('a nightly schedule keeps its hour over a change of the clocks', async () => {
  const startAt = new Date('2030-03-29T12:00:00Z');
  const app = await startShop({}, { startAt }, queue => {
    new TaskSchedule(queue, 'Nightly', {
      task: remind,
      queue,
      payload: { user: 'ada' },
      schedule: ScheduleExpression.cron({ minute: '0', hour: '8', timeZone: TimeZone.EUROPE_PARIS }),
    });
  });

  await app.advance('3d');

  const { runs } = await app.client.listRuns({ task: remind, from: startAt });
  expect(runs.map(({ result }) => result)).toEqual([
    // Summer time begins on 31 March.
    { user: 'ada', at: '2030-04-01T06:00:00.000Z', schedule: 'Shop/Reminders/Nightly' },
    { user: 'ada', at: '2030-03-31T06:00:00.000Z', schedule: 'Shop/Reminders/Nightly' },
    { user: 'ada', at: '2030-03-30T07:00:00.000Z', schedule: 'Shop/Reminders/Nightly' },
  ]);
});
