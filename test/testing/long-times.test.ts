import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Duration, TimeZone } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { expect, test } from 'vitest';
import { remind } from './fixtures/tasks.ts';
import { START, startShop } from './start-shop.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Seconds of work on a machine that has nothing else to do. */
const FOR_BUSY_MACHINES = { timeout: 240_000 };

test('thirty days of a five-minute schedule fire at their exact times', FOR_BUSY_MACHINES, async () => {
  const times: string[] = [];
  const app = await startShop({}, { onLog: ({ text }) => times.push(text) }, queue => {
    const check = new LambdaFunction(queue, 'Check', {
      code: Code.fromInline('exports.handler = async () => console.log(new Date().toISOString())'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
    });
    new Schedule(queue, 'EveryFiveMinutes', {
      schedule: ScheduleExpression.cron({ minute: '0/5', timeZone: TimeZone.ETC_UTC }),
      target: new LambdaInvoke(check),
    });
  });
  await app.advance('30d');
  // From the first moment to the last.
  const firings = Array.from(
    { length: 30 * 24 * 12 + 1 },
    (_, index) => START.getTime() + index * 5 * MINUTE,
  );
  expect(times).toEqual(firings.map(at => new Date(at).toISOString()));
});

test(
  'a thousand tasks with backoffs of hours are attempted at their exact times',
  FOR_BUSY_MACHINES,
  async () => {
    const app = await startShop();
    const items = Array.from({ length: 1_000 }, (_, index) => ({
      payload: { user: `${index}`, failures: index % 3 },
    }));
    await app.client.sendTasks(remind, items);

    await app.advance('1d');

    const sent = app.sent(remind);
    expect(sent.map(({ payload }) => payload.user)).toEqual(items.map(({ payload }) => payload.user));
    const runs = await Promise.all(sent.map(({ runId }) => app.client.getRun(runId)));
    const endings = [0, HOUR, 3 * HOUR].map(after => new Date(START.getTime() + after).toISOString());
    expect(runs.map(run => run?.result)).toEqual(
      items.map(({ payload: { user, failures } }) => ({ user, at: endings[failures] })),
    );
  },
);

test('what has outlived its retention is gone, from the run table and from a queue', async () => {
  const app = await startShop({}, {}, queue => {
    new Queue(queue, 'Inbox', { queueName: 'inbox', retentionPeriod: Duration.days(4) });
  });
  const sqs = new SQSClient(app.clientConfig);
  const dynamodb = new DynamoDBClient(app.clientConfig);
  const QueueUrl = app.queues.find(({ name }) => name === 'inbox')?.url;
  const left = async () => {
    const AttributeNames = ['ApproximateNumberOfMessages' as const];
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    const { Count } = await dynamodb.send(new ScanCommand({ TableName: app.tables[0]?.name }));
    return { messages: Attributes?.ApproximateNumberOfMessages, items: Count };
  };
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
  await app.client.sendTask(remind, { user: 'ada' });

  await app.advance(4 * DAY - 1);
  expect(await left()).toEqual({ messages: '1', items: 1 });
  await app.advance(1);
  expect(await left()).toEqual({ messages: '0', items: 1 });
  await app.advance('60d');
  expect(await left()).toEqual({ messages: '0', items: 0 });
});
