import { setImmediate } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { QueueConfig } from 'cdk-background-jobs/tasks';
import {
  type AlarmChange,
  type LogLine,
  type ManualTimeApp,
  type Notification,
  startLocal,
} from 'cdk-background-jobs/testing';
import { expect } from 'vitest';
import { ENVIRONMENT_VARIABLE, readEnvironment } from '../../contract/environment.ts';
import { type Outside, startOutside } from '../scenarios/outside.ts';
import type { Verb } from './fixtures/operator.ts';

/** A template, running, with what surrounds it. Its time is the test's. */
export interface World extends ManualTimeApp {
  readonly outside: Outside;
  readonly sqs: SQSClient;
  readonly dynamodb: DynamoDBClient;
  /** What the consumer was told of its queue. @throws AssertionError when there is no consumer */
  readonly queue: QueueConfig;
  /** What functions wrote to their logs. */
  readonly lines: readonly LogLine[];
  /** What the engine finds not to be as it should. */
  readonly warnings: readonly string[];
  readonly alarmChanges: readonly AlarmChange[];
  readonly notifications: readonly Notification[];
  /** Lets the operator's function do this; answers what it answers. @throws Error with what it was refused */
  operate<T>(verb: Verb, input?: object): Promise<T>;
  /** Sends a message as nobody of ours does. */
  sendRaw(body: string, options?: RawOptions): Promise<void>;
  /** Messages in the dead-letter queue: seen and given back. */
  deadLetters(): Promise<readonly string[]>;
  /** Counts what is in the queue, whoever may see it. */
  count(): Promise<number>;
}

interface RawOptions {
  readonly to?: 'queue' | 'deadLetterQueue';
  readonly delaySeconds?: number;
  readonly group?: string;
}

/** All start here, so that periods of alarms and windows of deduplication begin at the same time in each. */
const START = new Date('2030-01-01T00:00:00Z');

/** @param app a synthesized app's folder */
export async function startWorld(app: string): Promise<World> {
  const outside = await startOutside();
  const lines: LogLine[] = [];
  const warnings: string[] = [];
  const alarmChanges: AlarmChange[] = [];
  const notifications: Notification[] = [];
  try {
    const local = await startLocal({
      app,
      time: 'manual',
      startAt: START,
      environment: { OUTSIDE_URL: outside.url },
      onLog: line => lines.push(line),
      onWarning: warning => warnings.push(warning),
      onAlarm: change => alarmChanges.push(change),
      onNotification: notification => notifications.push(notification),
    });
    return {
      ...local,
      ...surroundingsOf(local, outside),
      lines,
      warnings,
      alarmChanges,
      notifications,
      get queue() {
        return consumedQueue(local);
      },
    };
  } catch (error) {
    await outside.stop();
    throw error;
  }
}

function surroundingsOf(app: ManualTimeApp, outside: Outside) {
  const sqs = new SQSClient(app.clientConfig);
  const dynamodb = new DynamoDBClient(app.clientConfig);
  return {
    outside,
    sqs,
    dynamodb,
    async operate<T>(verb: Verb, input: object = {}): Promise<T> {
      const url = new URL(verb, app.functionUrls[0]?.url);
      const response = await timePasses(app, fetch(url, { method: 'POST', body: JSON.stringify(input) }));
      const body = await response.text();
      if (response.status !== 200) throw new Error(`${verb}: ${body}`);
      return JSON.parse(body);
    },
    async sendRaw(body: string, { to = 'queue', delaySeconds, group }: RawOptions = {}) {
      const queue = consumedQueue(app);
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: to === 'queue' ? queue.url : queue.deadLetterUrl,
          MessageBody: body,
          DelaySeconds: delaySeconds,
          MessageGroupId: group,
        }),
      );
      await app.idle();
    },
    async deadLetters() {
      const receive = new ReceiveMessageCommand({
        QueueUrl: consumedQueue(app).deadLetterUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
      });
      return ((await sqs.send(receive)).Messages ?? []).map(({ Body = '' }) => Body);
    },
    async count() {
      const AttributeNames = [
        'ApproximateNumberOfMessages' as const,
        'ApproximateNumberOfMessagesNotVisible' as const,
        'ApproximateNumberOfMessagesDelayed' as const,
      ];
      const ask = new GetQueueAttributesCommand({ QueueUrl: consumedQueue(app).url, AttributeNames });
      const { Attributes } = await sqs.send(ask);
      return AttributeNames.reduce((sum, name) => sum + Number(Attributes?.[name]), 0);
    },
    async stop() {
      sqs.destroy();
      dynamodb.destroy();
      await app.stop();
      await outside.stop();
    },
  };
}

function consumedQueue({ functions }: ManualTimeApp): QueueConfig {
  const queue = functions
    .filter(({ environment }) => ENVIRONMENT_VARIABLE in environment)
    .flatMap(({ environment }) => readEnvironment(environment))
    .find(({ consumer }) => consumer);
  expect(queue, 'a function that consumes a queue').toBeDefined();
  return queue as QueueConfig;
}

/** Lets time pass until this has settled: a function's long poll ends by time alone. */
async function timePasses<T>(app: ManualTimeApp, work: Promise<T>): Promise<T> {
  let settled = false;
  const end = () => {
    settled = true;
  };
  work.then(end, end);
  while (!settled) {
    await app.advance(100);
    await setImmediate();
  }
  return await work;
}
