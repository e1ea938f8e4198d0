import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';

let sqs: SQSClient | undefined;
let dynamodb: DynamoDBClient | undefined;

/** One for the process, made at its first use: a client is most of what a cold start costs, and it pools connections. */
export function sharedSqsClient(): SQSClient {
  sqs ??= new SQSClient({});
  return sqs;
}

export function sharedDynamoDBClient(): DynamoDBClient {
  dynamodb ??= new DynamoDBClient({});
  return dynamodb;
}
