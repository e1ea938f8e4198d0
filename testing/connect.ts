import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Client, createClient } from '../client/create-client.ts';
import { createWorkflowClient, type WorkflowClient } from '../client/workflow/create-workflow-client.ts';
import type { Clock } from '../contract/clock.ts';
import { ENVIRONMENT_VARIABLE, type QueueConfig, readEnvironment } from '../contract/environment.ts';
import {
  readWorkflowEnvironment,
  WORKFLOWS_VARIABLE,
  type WorkflowConfig,
} from '../contract/workflow/workflow-environment.ts';
import type { LocalApp as EngineApp } from '../local/start-local.ts';
import { pollByClock } from './manual-time.ts';

/** What speaks with the app about its tasks and workflows. */
export interface Connection {
  readonly queues: readonly QueueConfig[];
  readonly client: Client;
  readonly workflows: WorkflowClient;
  close(): void;
}

/** @param clock where it is not the machine's */
export function connect({ clientConfig, functions }: EngineApp, clock?: Clock): Connection {
  const sqs = new SQSClient(clientConfig);
  const dynamodb = new DynamoDBClient(clientConfig);
  const s3 = new S3Client({ ...clientConfig, forcePathStyle: true });
  const scheduler = new SchedulerClient(clientConfig);
  const sfn = new SFNClient(clientConfig);
  const time = clock && { clock };
  if (clock) pollByClock(sqs, clock);
  const queues = taskQueuesOf(functions);
  return {
    queues,
    client: createClient({ queues, sqs, dynamodb, s3, scheduler, ...time }),
    workflows: createWorkflowClient({ workflows: workflowsOf(functions), dynamodb, sfn, ...time }),
    close() {
      for (const client of [sqs, dynamodb, s3, scheduler, sfn]) client.destroy();
    },
  };
}

/**
 * As the consumers know them, who are told of every queue once. What may be sent for later is known to the functions
 * alone that may do so.
 */
function taskQueuesOf(functions: EngineApp['functions']): readonly QueueConfig[] {
  const known = functions
    .filter(({ environment }) => ENVIRONMENT_VARIABLE in environment)
    .flatMap(({ environment }) => readEnvironment(environment));
  const schedulesOf = new Map(known.flatMap(({ url, schedules }) => (schedules ? [[url, schedules]] : [])));
  return known
    .filter(({ consumer }) => consumer !== undefined)
    .map(queue => {
      const schedules = schedulesOf.get(queue.url);
      return { ...queue, ...(schedules && { schedules }) };
    });
}

function workflowsOf(functions: EngineApp['functions']): readonly WorkflowConfig[] {
  return functions
    .filter(({ environment }) => WORKFLOWS_VARIABLE in environment)
    .flatMap(({ environment }) => readWorkflowEnvironment(environment));
}
