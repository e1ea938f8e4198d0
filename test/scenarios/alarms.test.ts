import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { TaskQueue } from 'cdk-background-jobs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startEngine } from '../../local/engine.ts';
import { newFolder } from '../local/engine/written-assembly.ts';
import { createFakeClock } from '../local/fake-clock.ts';
import { work } from './fixtures/tasks.ts';
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
  const changes: string[] = [];
  const lines: string[] = [];
  const engine = await startEngine({
    assembly: app.synth().directory,
    clock,
    onLog: ({ text }) => lines.push(text),
    onAlarm: ({ name, to }) => changes.push(`${/Shop-([A-Z]\w+?)[0-9A-F]{8}/.exec(name)?.[1]}: ${to}`),
  });
  onTestFinished(() => engine.stop());
  const sqs = new SQSClient(engine.clientConfig);
  const QueueUrl = engine.queues.find(({ constructPath }) => constructPath === 'Shop/Work/Queue')?.url;
  return {
    clock,
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
