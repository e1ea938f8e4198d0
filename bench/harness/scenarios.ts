import { DescribeTableCommand, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, type SendMessageBatchCommandInput } from '@aws-sdk/client-sqs';
import type { QueueConfig, SendOptions, TaskDefinition } from 'cdk-background-jobs/tasks';
import { type FunctionLogLine, startLocal } from 'cdk-background-jobs/testing';
import { doNothing, makePayload } from '../app/do-nothing.ts';
import { INVOCATION_MARK } from '../app/invocation-mark.ts';
import { failOnce, giveUp, oneStep, redeemable, withProgress } from '../app/tasks.ts';
import type { BenchAssembly } from './assembly.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import { type BenchQueue, connect } from './engine.ts';

/** What one task caused, on the average. */
export interface TaskCounts {
  /** Sends, dead letters and changes of visibility at the wire; a receive and a delete for each invocation. */
  readonly sqsRequests: number;
  readonly dynamodbRequests: number;
  readonly dynamodbReads: number;
  /** Of tables, and of indexes: an entry whose keys never change costs one. */
  readonly writeUnits: number;
  readonly invocations: number;
  readonly logBytes: number;
}

export interface ScenarioCounts {
  /** `trackQueued: false`, every task succeeds at once. */
  readonly lean: TaskCounts;
  /** The same with the defaults. */
  readonly tracked: TaskCounts;
  /** Of a second delivery after the first has succeeded. */
  readonly duplicate: TaskCounts;
  /** Lean; the first attempt fails, the second succeeds. */
  readonly retried: TaskCounts;
  /** Lean; the only attempt fails. */
  readonly deadLettered: TaskCounts;
  /** Lean; of the redrive of such a run, which succeeds then. */
  readonly redriven: TaskCounts;
  /** Lean, sent under idempotency keys. */
  readonly keyed: TaskCounts;
  /** Lean, with one step. */
  readonly step: TaskCounts;
  /** Lean, with progress, in an attempt that is over at once. */
  readonly progress: TaskCounts;
  /** With the defaults, canceled while it waits. */
  readonly canceled: TaskCounts;
}

/** Long enough to cancel all of them. */
const WAIT_TO_BE_CANCELED = '20s';

/** Runs each scenario with so many tasks on an engine of its own, and counts. */
export async function countScenarios(assembly: BenchAssembly, tasks: number): Promise<ScenarioCounts> {
  const proxy = await startCountingProxy();
  const logs: FunctionLogLine[] = [];
  const environment = { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint, AWS_ENDPOINT_URL_SQS: proxy.endpoint };
  const local = await startLocal({
    app: assembly.folder,
    stacks: ['Counted'],
    environment,
    onLog: line => logs.push(line),
  });
  proxy.forwardTo(local.endpoint);
  const clientConfig = { ...local.clientConfig, endpoint: proxy.endpoint };
  const { sqs, dynamodb, queue } = connect({ ...local, clientConfig }, 'Counted');
  const lean = queue('Lean');
  const tracked = queue('Tracked');

  async function count(target: BenchQueue, send: () => Promise<unknown>): Promise<TaskCounts> {
    const entriesBefore = await countIndexEntries(dynamodb, target.config);
    proxy.reset();
    logs.length = 0;
    await send();
    // Asking for the queue's state is no part of the task.
    await target.drained();
    const counts = countsOf(proxy, logs);
    const units = counts.writeUnits + (await countIndexEntries(dynamodb, target.config)) - entriesBefore;
    const perTask = Object.entries({ ...counts, writeUnits: units }).map(([name, sum]) => [
      name,
      sum / tasks,
    ]);
    return Object.fromEntries(perTask) as TaskCounts;
  }
  const send = async (
    target: BenchQueue,
    task: TaskDefinition,
    options: (n: number) => SendOptions = () => ({}),
  ) => {
    const items = Array.from({ length: tasks }, (_, number) => ({
      payload: makePayload(number),
      ...options(number),
    }));
    await target.client.sendTasks(task, items);
  };
  const countRedrive = async () => {
    await send(lean, redeemable);
    await lean.drained();
    return await count(lean, () => lean.client.redriveAll({ task: redeemable }));
  };
  const cancelWaiting = async () => {
    await send(tracked, doNothing, () => ({ delay: WAIT_TO_BE_CANCELED }));
    await tracked.client.cancelRuns({ task: doNothing, status: 'queued' });
  };

  try {
    const sent: SendMessageBatchCommandInput[] = [];
    sqs.middlewareStack.add(
      next => async args => {
        if ('Entries' in args.input) sent.push(args.input as SendMessageBatchCommandInput);
        return await next(args);
      },
      { step: 'initialize', name: 'record' },
    );
    const leanCounts = await count(lean, () => send(lean, doNothing));
    sqs.middlewareStack.remove('record');
    return {
      lean: leanCounts,
      duplicate: await count(lean, async () => {
        for (const batch of sent) await sqs.send(new SendMessageBatchCommand(batch));
      }),
      tracked: await count(tracked, () => send(tracked, doNothing)),
      retried: await count(lean, () => send(lean, failOnce)),
      deadLettered: await count(lean, () => send(lean, giveUp)),
      redriven: await countRedrive(),
      keyed: await count(lean, () => send(lean, doNothing, number => ({ idempotencyKey: `key-${number}` }))),
      step: await count(lean, () => send(lean, oneStep)),
      progress: await count(lean, () => send(lean, withProgress)),
      canceled: await count(tracked, cancelWaiting),
    };
  } finally {
    await local.stop();
    await proxy.stop();
  }
}

function countsOf(proxy: CountingProxy, logs: readonly FunctionLogLine[]): TaskCounts {
  const { requests, writeUnits } = proxy.counts();
  const sum = (pattern: RegExp) =>
    Object.entries(requests).reduce(
      (total, [name, times]) => (pattern.test(name) ? total + times : total),
      0,
    );
  const own = logs.filter(({ text }) => text !== INVOCATION_MARK);
  const invocations = logs.length - own.length;
  if (invocations === 0) throw new Error('the consumer was not invoked');
  return {
    sqsRequests: sum(/^SQS\.(Send|Change)/) + 2 * invocations,
    dynamodbRequests: sum(/^DynamoDB\./),
    dynamodbReads: sum(/^DynamoDB\.(Get|BatchGet|Query|Scan)/),
    writeUnits,
    invocations,
    logBytes: own.reduce((bytes, { text }) => bytes + Buffer.byteLength(text), 0),
  };
}

/** The local DynamoDB answers the consumed capacity of tables only. */
async function countIndexEntries(client: DynamoDBClient, { table: TableName }: QueueConfig): Promise<number> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  let entries = 0;
  for (const { IndexName } of Table?.GlobalSecondaryIndexes ?? []) {
    const pages = paginateScan({ client }, { TableName, IndexName, Select: 'COUNT' });
    for await (const { Count = 0 } of pages) entries += Count;
  }
  return entries;
}
