import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SQSClient } from '@aws-sdk/client-sqs';

let sqs: SQSClient | undefined;
let dynamodb: DynamoDBClient | undefined;
let s3: Promise<S3Client> | undefined;
let scheduler: Promise<SchedulerClient> | undefined;

/**
 * A client resolves each command's middleware once, not in each request. What requests share then must be the same for
 * all of them: the endpoint is the region's, whatever host a queue's URL has.
 */
const CACHED = { cacheMiddleware: true };

/** One for the process, made at its first use: a client is most of what a cold start costs, and it pools connections. */
export function sharedSqsClient(): SQSClient {
  sqs ??= withoutLog(new SQSClient({ ...CACHED, useQueueUrlAsEndpoint: false }));
  return sqs;
}

/** The same. */
export function sharedDynamoDBClient(): DynamoDBClient {
  dynamodb ??= withoutLog(new DynamoDBClient(CACHED));
  return dynamodb;
}

/** Loaded at its first use as well: few runs need it, and it would be a third of a cold start. */
export function sharedS3Client(): Promise<S3Client> {
  s3 ??= import('@aws-sdk/client-s3').then(({ S3Client }) => new S3Client({}));
  return s3;
}

/** The same, for what is to begin later. */
export function sharedSchedulerClient(): Promise<SchedulerClient> {
  scheduler ??= import('@aws-sdk/client-scheduler').then(({ SchedulerClient }) => new SchedulerClient({}));
  return scheduler;
}

/** The SDK copies each request and its answer, secrets blotted out, for a log that nobody has set. */
function withoutLog<AwsClient extends Pick<SQSClient | DynamoDBClient, 'middlewareStack'>>(
  client: AwsClient,
): AwsClient {
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}
