import { DeleteQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Duration, TimeZone } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { TaskSchedule, type TaskScheduleProps } from 'cdk-background-jobs';
import type { AlarmChange, ManualTimeApp } from 'cdk-background-jobs/testing';
import { expect, onTestFinished, test } from 'vitest';
import { remind } from './fixtures/tasks.ts';
import { START, startShop } from './start-shop.ts';

const HOUR_MS = 3_600_000;

/** A task that a schedule sends at half past each hour, and whatever the application schedules. */
async function startHourly(props: Partial<TaskScheduleProps<typeof remind>> = {}) {
  const alarms: AlarmChange[] = [];
  const app = await startShop({}, { onAlarm: change => alarms.push(change) }, queue => {
    queue.grantSchedule(queue.consumer);
    new TaskSchedule(queue, 'Hourly', {
      task: remind,
      queue,
      payload: { user: 'ada' },
      schedule: ScheduleExpression.cron({ minute: '30', timeZone: TimeZone.of('UTC') }),
      ...props,
    });
  });
  const [schedule = ''] = app.schedules.map(({ name }) => name);
  return { app, schedule, alarms };
}

async function runsOf(app: ManualTimeApp) {
  const { runs } = await app.client.listRuns({ task: remind, from: START, limit: 100 });
  return runs.toReversed();
}

/** The due times of so many hours, beginning with that one. */
const dueTimes = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => new Date(START.getTime() + (from + index + 0.5) * HOUR_MS));

test('a time that fires twice, side by side or a minute after, is one run', async () => {
  const { app, schedule } = await startHourly();
  app.faults.add({ schedule, kind: 'duplicate', times: 1 });
  app.faults.add({ schedule, kind: 'duplicate', afterMs: 60_000 });

  await app.advance('2h');

  expect((await runsOf(app)).map(({ status, attempt, result }) => ({ status, attempt, result }))).toEqual(
    ['00', '01'].map(hour => ({
      status: 'succeeded',
      attempt: 1,
      result: { user: 'ada', at: `2030-01-01T${hour}:30:00.000Z`, schedule: 'Shop/Reminders/Hourly' },
    })),
  );
});

test('a time that fires late is run, and canceled where it is later than the schedule wants', async () => {
  const statuses = async (maxLateness?: Duration) => {
    const { app, schedule } = await startHourly(maxLateness && { maxLateness });
    app.faults.add({ schedule, kind: 'late', afterMs: 1_200_000, times: 1 });
    await app.advance('2h');
    return (await runsOf(app)).map(({ status }) => status);
  };

  expect(await statuses()).toEqual(['succeeded', 'succeeded']);
  expect(await statuses(Duration.minutes(15))).toEqual(['canceled', 'succeeded']);
});

test('every time is one run that succeeds, under firings twice and late and calls that fail or lose their answer', async () => {
  // GIVEN
  const { app, schedule } = await startHourly();
  const [consumer] = app.functions;
  const faults = [
    app.faults.add({ schedule, kind: 'duplicate', afterMs: 600_000, probability: 0.4, seed: 3 }),
    app.faults.add({ schedule, kind: 'late', afterMs: 900_000, probability: 0.4, seed: 5 }),
    app.faults.add({ service: 'dynamodb', kind: 'lostAnswer', probability: 0.2, seed: 7 }),
    app.faults.add({ service: 'dynamodb', kind: 'throttle', probability: 0.2, seed: 11 }),
    app.faults.add({ function: `${consumer?.name}`, kind: 'crash', probability: 0.1, seed: 13 }),
  ];

  // WHEN
  await app.advance('1d');
  const happened = faults.map(({ count }) => count);
  app.faults.clear();
  await app.advance('1h');

  // THEN
  for (const count of happened) expect(count).toBeGreaterThan(0);
  const runs = await runsOf(app);
  expect(runs.map(({ status }) => status)).toEqual(Array(runs.length).fill('succeeded'));
  expect(runs.map(({ createdAt }) => createdAt.getUTCHours())).toEqual(
    dueTimes(0, 25).map(due => due.getUTCHours()),
  );
});

test('when the queue is gone, each firing and each run that waited lies in a dead-letter queue, and an alarm says so', async () => {
  // GIVEN
  const { app, alarms } = await startHourly();
  const sqs = new SQSClient(app.clientConfig);
  onTestFinished(() => sqs.destroy());
  const { runId } = await app.client.sendTask(remind, { user: 'grace' }, { delay: '1h' });
  await app.client.schedules.upsert({ key: 'lin', task: remind, payload: { user: 'lin' }, rate: '1d' });
  await app.advance('40m');
  const queueUrl = app.queues.find(({ name }) => /Reminders-?Queue/.test(name))?.url;
  await sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));

  // WHEN
  await app.advance('1d');

  // THEN
  const letters = await Promise.all(
    app.queues.filter(({ name }) => /Undelivered/.test(name)).map(({ url }) => receiveAll(sqs, url)),
  );
  const messages = letters.flat().map(letter => JSON.parse(letter));
  expect(messages.filter(({ payload }) => payload.user === 'ada').map(({ schedule }) => schedule.at)).toEqual(
    dueTimes(1, 24).map(at => at.toISOString().replace('.000Z', 'Z')),
  );
  expect(messages).toContainEqual(expect.objectContaining({ runId, payload: { user: 'grace' } }));
  expect(messages.filter(({ payload }) => payload.user === 'lin').map(({ schedule }) => schedule.at)).toEqual(
    ['2030-01-02T00:00:00Z'],
  );
  const raised = alarms.filter(({ to }) => to === 'ALARM').map(({ description }) => `${description}`);
  for (const whose of ['schedule Shop/Reminders/Hourly', 'runs that were sent for later']) {
    expect(raised).toContainEqual(expect.stringMatching(`^Messages of ${whose}.* could not be handed`));
  }
});

async function receiveAll(sqs: SQSClient, QueueUrl: string): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 60 }),
    );
    if (Messages.length === 0) return all;
    all.push(...Messages.flatMap(({ Body = [] }) => Body));
  }
}
