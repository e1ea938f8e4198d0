import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { FunctionUrlAuthType, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { TaskQueueProps } from 'cdk-background-jobs';
import type { Client, QueueConfig, TaskDefinition } from 'cdk-background-jobs/tasks';
import { type ManualTimeApp, startLocal } from 'cdk-background-jobs/testing';
import type { Construct } from 'constructs';
import { expect } from 'vitest';
import * as tasks from './fixtures/tasks.ts';
import { type Outside, startOutside } from './outside.ts';

/** A stack as it is synthesized, running by the clock of the test, with what surrounds it. */
export interface World {
  readonly local: ManualTimeApp;
  /** Of the stack `Shop`, as synthesized. */
  readonly template: Template;
  readonly outside: Outside;
  readonly client: Client;
  readonly sqs: SQSClient;
  queueOf(task: TaskDefinition): QueueConfig;
  /** Lets time pass until no message of the task's queue is left. */
  drained(task: TaskDefinition): Promise<void>;
  /** Fails when a process that a handler ran in outlives it. */
  stop(): Promise<void>;
}

export interface WorldOptions {
  /** Changes the cloud assembly between synth and start. */
  readonly edit?: (folder: string) => Promise<void>;
}

/**
 * Synthesizes and starts an app.
 *
 * @param define given the stack `Shop`; other stacks can be added to its app
 */
export async function startWorld(define: (shop: Stack) => void, { edit }: WorldOptions = {}): Promise<World> {
  const outdir = await mkdtemp(join(tmpdir(), 'background-jobs-scenario-'));
  const outside = await startOutside(() => local.now().getTime());
  const stopOutside = async () => {
    await outside.stop();
    await rm(outdir, { recursive: true });
  };
  let local: ManualTimeApp;
  try {
    const app = new App({ outdir });
    define(new Stack(app, 'Shop'));
    const template = Template.fromJSON(app.synth().getStackByName('Shop').template);
    await edit?.(outdir);
    local = await startLocal({ app: outdir, time: 'manual', environment: { OUTSIDE_URL: outside.url } });
    return worldOf(local, template, outside, stopOutside);
  } catch (error) {
    await stopOutside();
    throw error;
  }
}

function worldOf(
  local: ManualTimeApp,
  template: Template,
  outside: Outside,
  stopOutside: () => Promise<void>,
): World {
  const queues = local.functions
    .flatMap(({ environment }) => JSON.parse(environment.BACKGROUND_JOBS ?? '[]') as QueueConfig[])
    .filter(queue => queue.consumer);
  const sqs = new SQSClient(local.clientConfig);
  return {
    local,
    template,
    outside,
    client: local.client,
    sqs,
    queueOf(task) {
      const queue = queues.find(({ tasks }) => tasks.includes(task.name));
      if (!queue) throw new Error(`no consumer has task '${task.name}'`);
      return queue;
    },
    async drained(task) {
      for (;;) {
        await local.idle();
        const { waiting, inFlight, delayed } = await local.client.countRuns(task);
        if (waiting + inFlight + delayed === 0) return;
        await local.advance('1s');
      }
    },
    async stop() {
      await local.stop();
      await stopOutside();
      expect([...outside.pids].filter(isAlive)).toEqual([]);
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** `TaskQueue` props of a queue for `work`. */
export const WORK = {
  tasks: [tasks.work],
  entry: 'test/scenarios/fixtures/work-consumer.ts',
} satisfies TaskQueueProps;

/** `TaskQueue` props of a queue for `work-once`. */
export const WORK_ONCE = {
  ...WORK,
  tasks: [tasks.workOnce],
  entry: 'test/scenarios/fixtures/work-once-consumer.ts',
} satisfies TaskQueueProps;

/** A function behind a URL that sends `work` and `work-once`. */
export function newApi(scope: Construct): NodejsFunction {
  const api = new NodejsFunction(scope, 'Api', {
    entry: 'test/scenarios/fixtures/api.ts',
    runtime: Runtime.NODEJS_24_X,
    bundling: {
      bundleAwsSDK: true,
      logLevel: LogLevel.WARNING,
    },
  });
  api.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
  return api;
}

/** Posts to the API's function URL; answers the id of the run that was sent. */
export async function post({ local }: World, path: string, payload: object): Promise<string> {
  const [api] = local.functionUrls;
  const response = await fetch(new URL(path, api?.url), { method: 'POST', body: JSON.stringify(payload) });
  expect(response.status).toBe(202);
  const { runId } = (await response.json()) as { runId: string };
  return runId;
}
