import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Client, createClient, type QueueConfig, type WorkflowConfig } from 'cdk-background-jobs/tasks';
import type { LocalApp } from 'cdk-background-jobs/testing';

/** What `engine-process.ts` tells once the stacks run. */
export type EngineDescription = Pick<
  LocalApp,
  'endpoint' | 'clientConfig' | 'clientEnvironment' | 'functions' | 'queues'
>;

export interface BenchQueue {
  readonly url: string;
  readonly arn: string;
  readonly config: QueueConfig;
  /** Sends to this queue. */
  readonly client: Client;
  /** The consumer's variables, those that reach the engine included. */
  readonly environment: Readonly<Record<string, string>>;
  /** Resolves once it holds no message, in any state. */
  drained(): Promise<void>;
}

export interface BenchEngine {
  readonly sqs: SQSClient;
  readonly dynamodb: DynamoDBClient;
  /** What any AWS client takes. */
  readonly clientConfig: LocalApp['clientConfig'];
  /** The same as variables, for clients that are made without options. */
  readonly clientEnvironment: LocalApp['clientEnvironment'];
  readonly workflows: readonly WorkflowConfig[];
  queue(name: string): BenchQueue;
  /** A function's variables, those that reach the engine included; by its construct path. */
  environmentOf(path: string): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Runs a stack of the assembly in a process of its own, as `background-jobs dev` does. */
export async function startBenchEngine(assemblyFolder: string, stack: string): Promise<BenchEngine> {
  const child = fork(new URL('./engine-process.ts', import.meta.url), [assemblyFolder, stack]);
  const exited = once(child, 'exit');
  const [description] = (await Promise.race([
    once(child, 'message'),
    exited.then(([code]) => {
      throw new Error(`The engine's process ended with ${code} before it ran`);
    }),
  ])) as [EngineDescription];
  return {
    ...connect(description, stack),
    async stop() {
      child.send('stop');
      await exited;
    },
  };
}

/** The clients of an engine that runs. */
export function connect(engine: EngineDescription, stack: string): Omit<BenchEngine, 'stop'> {
  const sqs = new SQSClient(engine.clientConfig);
  const dynamodb = new DynamoDBClient(engine.clientConfig);
  return {
    sqs,
    dynamodb,
    clientConfig: engine.clientConfig,
    clientEnvironment: engine.clientEnvironment,
    workflows: engine.functions.flatMap(
      ({ environment }) => JSON.parse(environment.BACKGROUND_JOBS_WORKFLOWS ?? '[]') as WorkflowConfig[],
    ),
    environmentOf(path) {
      const fn = engine.functions.find(({ constructPath }) => constructPath === path);
      if (!fn) throw new Error(`Stack ${stack} has no function ${path}`);
      return { ...fn.environment, ...engine.clientEnvironment };
    },
    queue(name) {
      const queue = engine.queues.find(({ constructPath }) => constructPath === `${stack}/${name}/Queue`);
      const consumer = engine.functions.find(
        ({ constructPath }) => constructPath === `${stack}/${name}/Consumer`,
      );
      if (!queue || !consumer) throw new Error(`Stack ${stack} has no task queue ${name}`);
      const [config] = JSON.parse(consumer.environment.BACKGROUND_JOBS ?? '[]') as QueueConfig[];
      if (!config) throw new Error(`The consumer of ${stack}/${name} knows no queue`);
      return {
        url: queue.url,
        arn: queue.arn,
        config,
        client: createClient({ queues: [config], sqs, dynamodb }),
        environment: { ...consumer.environment, ...engine.clientEnvironment },
        drained: () => drained(sqs, queue.url),
      };
    },
  };
}

async function drained(sqs: SQSClient, queueUrl: string): Promise<void> {
  const command = new GetQueueAttributesCommand({
    QueueUrl: queueUrl,
    AttributeNames: [
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesDelayed',
    ],
  });
  for (;;) {
    const { Attributes = {} } = await sqs.send(command);
    if (Object.values(Attributes).every(count => count === '0')) return;
    await sleep(10);
  }
}
