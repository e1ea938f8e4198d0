import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { FunctionUrlAuthType, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { TaskQueue, type TaskQueueProps, TaskSchedule } from 'cdk-background-jobs';
import { afterAll } from 'vitest';
import { HOURLY, work, workOnce } from './fixtures/tasks.ts';
import type { TemplateJson } from './template.ts';

export const WINDOW_SECONDS = 2;
const BATCH_SIZE = 3;
export const MAX_CONCURRENCY = 2;
export const CONCURRENCY = 2;

/** An app as it is synthesized, but for the template of its one stack, which is written there when it starts. */
export interface SynthesizedApp {
  readonly folder: string;
  readonly templateFile: string;
  readonly template: TemplateJson;
}

/** Synthesizes an app for the tests of a file. */
export async function synthesize(define: (shop: Stack) => unknown): Promise<SynthesizedApp> {
  const folder = await mkdtemp(join(tmpdir(), 'background-jobs-mutation-'));
  afterAll(() => rm(folder, { recursive: true }));
  const app = new App({ outdir: folder });
  define(new Stack(app, 'Shop'));
  const { template, templateFullPath } = app.synth().getStackByName('Shop');
  return { folder, templateFile: templateFullPath, template };
}

const TASKS = { tasks: [work, workOnce], entry: 'test/mutations/fixtures/consumer.ts' };

/** Without source maps, processes start faster: where none of a standard queue's own settings is looked at. */
export const QUICK = { bundling: { sourcemap: false } };

/** A standard queue with settings of every kind, and alarms that tell a topic. */
export function standardApp(shop: Stack, others: Partial<TaskQueueProps> = {}): TaskQueue {
  const queue = new TaskQueue(shop, 'Jobs', {
    ...TASKS,
    ...others,
    maxBatchingWindow: Duration.seconds(WINDOW_SECONDS),
    batchSize: BATCH_SIZE,
    maxConcurrency: MAX_CONCURRENCY,
    concurrency: CONCURRENCY,
    unknownTaskGrace: Duration.minutes(6),
  });
  queue.alarms.notify(new Topic(shop, 'Operations', { enforceSSL: true }));
  return queue;
}

export function fifoApp(shop: Stack): TaskQueue {
  return new TaskQueue(shop, 'Jobs', { ...TASKS, ...QUICK, fifo: true });
}

/** The standard queue, and a function that manages it. */
export function operatedApp(shop: Stack): void {
  standardApp(shop).grantManage(newOperator(shop));
}

/** The FIFO queue, and a function that sends to it. */
export function producerApp(shop: Stack): void {
  fifoApp(shop).grantSend(newOperator(shop));
}

/** The standard queue with a schedule, and a function that sends to it for later and makes schedules. */
export function schedulingApp(shop: Stack): void {
  const queue = standardApp(shop, QUICK);
  queue.grantSchedule(newOperator(shop));
  new TaskSchedule(shop, 'Hourly', {
    queue,
    task: work,
    payload: { subject: HOURLY },
    schedule: ScheduleExpression.cron({ minute: '30', timeZone: TimeZone.of('UTC') }),
  });
}

function newOperator(shop: Stack): NodejsFunction {
  const operator = new NodejsFunction(shop, 'Operator', {
    entry: 'test/mutations/fixtures/operator.ts',
    // Its long polls let time pass.
    timeout: Duration.minutes(15),
    runtime: Runtime.NODEJS_24_X,
    bundling: {
      bundleAwsSDK: true,
      minify: true,
      mainFields: ['module', 'main'],
      logLevel: LogLevel.WARNING,
    },
  });
  operator.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
  return operator;
}
