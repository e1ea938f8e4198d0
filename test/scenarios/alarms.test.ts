import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { TaskQueue } from 'cdk-background-jobs';
import { createClient, type QueueConfig } from 'cdk-background-jobs/tasks';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startEngine } from '../../local/engine.ts';
import { newFolder } from '../local/engine/written-assembly.ts';
import { createFakeClock } from '../local/fake-clock.ts';
import { work } from './fixtures/tasks.ts';
import { startOutside } from './outside.ts';
import { WORK } from './world.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A task queue as it is synthesized, on a clock that begins with a minute of today. */
async function started() {
  const app = new App({ outdir: await newFolder() });
  const shop = new Stack(app, 'Shop');
  const queue = new TaskQueue(shop, 'Work', { ...WORK, tasks: [work] });
  queue.alarms.notify(new Topic(shop, 'Operations'));
  queue
    .metricDeadLettered({ period: Duration.minutes(1) })
    .createAlarm(shop, 'GivenUp', { threshold: 1, evaluationPeriods: 1 });
  const clock = createFakeClock(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS);
  const outside = await startOutside(clock.now);
  onTestFinished(() => outside.stop());
  const changes: string[] = [];
  const lines: string[] = [];
  const engine = await startEngine({
    assembly: app.synth().directory,
    clock,
    environment: { OUTSIDE_URL: outside.url },
    onLog: ({ text }) => lines.push(text),
    onAlarm: ({ name, to }) => changes.push(`${/Shop-([A-Z]\w+?)[0-9A-F]{8}/.exec(name)?.[1]}: ${to}`),
  });
  onTestFinished(() => engine.stop());
  const sqs = new SQSClient(engine.clientConfig);
  const QueueUrl = engine.queues.find(({ constructPath }) => constructPath === 'Shop/Work/Queue')?.url;
  const config = engine.functions.map(({ environment }) => environment.BACKGROUND_JOBS ?? '[]').join();
  const client = createClient({
    queues: JSON.parse(config) as QueueConfig[],
    sqs,
    dynamodb: new DynamoDBClient(engine.clientConfig),
  });
  return {
    clock,
    client,
    changes,
    send: (body: object) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) })),
    metricsTold: () => vi.waitFor(() => expect(lines.join('\n')).toContain('"_aws"'), 20_000),
  };
}

test('alarms go off at what the consumer measures, and at dead letters that nobody touches for a day', async () => {
  // GIVEN a run that was first sent a day ago and cannot succeed
  const { clock, changes, send, metricsTold } = await started();
  const run = { v: 1, runId: 'run-1', epoch: 0, task: work.name, depth: 0 };
  await send({ ...run, payload: 'no object', firstSentAt: Date.now() - DAY_MS });

  // WHEN
  await metricsTold();
  clock.advance(5 * MINUTE_MS);

  // THEN
  expect(changes.filter(change => change.endsWith('ALARM')).sort()).toEqual([
    'GivenUp: ALARM',
    'WorkAlarmsBacklogAge: ALARM',
    'WorkAlarmsDeadLetters: ALARM',
  ]);
  clock.advance(DAY_MS - 10 * MINUTE_MS);
  expect(changes).not.toContain('WorkAlarmsNeglectedDeadLetters: ALARM');
  clock.advance(20 * MINUTE_MS);
  expect(changes).toContain('WorkAlarmsNeglectedDeadLetters: ALARM');
});

test('the alarm on dead letters ends when a run was put right and its stale letter pruned', async () => {
  // GIVEN a dead letter
  const { clock, client, changes, send, metricsTold } = await started();
  await send({ v: 1, runId: 'run-1', epoch: 0, task: work.name, depth: 0, payload: 'no object' });
  await metricsTold();
  clock.advance(MINUTE_MS);
  expect(changes).toContain('WorkAlarmsDeadLetters: ALARM');

  // WHEN its run is redriven with a payload that can succeed, which leaves the letter
  await client.redrive('run-1', { edit: { task: work, payload: { subject: 'put-right' } } });
  const run = await vi.waitFor(async () => {
    const now = await client.getRun('run-1');
    expect(now?.status).toBe('succeeded');
    return now;
  }, 20_000);
  // The engine's clock stands still, but for long polls.
  clock.letPass = waiting => {
    clock.advance(1000);
    return waiting;
  };
  const counts = await client.redriveAll({ task: work });
  clock.advance(2 * MINUTE_MS);

  // THEN
  expect(counts).toEqual({ redriven: 0, stale: 1, skipped: 0, failed: 0 });
  expect(changes).toContain('WorkAlarmsDeadLetters: OK');
  expect(run).toMatchObject({
    epoch: 2,
    history: [{ epoch: 0, attempts: 1, cause: 'invalidPayload', error: { name: 'TaskPayloadError' } }],
  });
});
