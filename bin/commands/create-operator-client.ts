import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Client, createClient } from '../../client/create-client.ts';
import type { QueueConfig } from '../../contract/environment.ts';
import type { Deployment } from './deployment.ts';

/** A client of task queues wherever they are. Its own defaults would find AWS, and not a dev. */
export async function createOperatorClient(
  queues: readonly QueueConfig[],
  config: Deployment['config'],
): Promise<Client> {
  const [s3, scheduler] = await Promise.all([
    queues.some(({ payloads }) => payloads !== undefined) ? import('@aws-sdk/client-s3') : undefined,
    queues.some(({ schedules }) => schedules !== undefined) ? import('@aws-sdk/client-scheduler') : undefined,
  ]);
  return createClient({
    queues,
    sqs: new SQSClient(config),
    dynamodb: new DynamoDBClient(config),
    ...(s3 && { s3: new s3.S3Client(config) }),
    ...(scheduler && { scheduler: new scheduler.SchedulerClient(config) }),
  });
}
