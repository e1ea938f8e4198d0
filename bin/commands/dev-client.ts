import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Client, createClient } from '../../client/create-client.ts';
import { type QueueConfig, readEnvironment } from '../../contract/environment.ts';
import { clientOptions, readDevState } from './dev-state.ts';

export interface DevClient {
  readonly client: Client;
  readonly queues: readonly QueueConfig[];
}

/** A client of the `dev` that runs for the assembly in that folder. */
export async function connectToDev(assemblyFolder: string): Promise<DevClient> {
  const state = await readDevState(assemblyFolder);
  const config = clientOptions(state);
  const queues = readEnvironment(state.environment);
  return {
    client: createClient({
      queues,
      sqs: new SQSClient(config),
      dynamodb: new DynamoDBClient(config),
      s3: new S3Client(config),
    }),
    queues,
  };
}

/** The tasks that can be sent, for a message. */
export function listTasks(queues: readonly QueueConfig[]): string {
  return queues.flatMap(queue => queue.tasks).join(', ');
}
