import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { tableName } from './table.ts';

/**
 * What Powertools' documentation puts together for the idempotent records of a batch.
 * https://docs.aws.amazon.com/powertools/typescript/latest/features/idempotency/#batch-integration
 */
const config = new IdempotencyConfig({ eventKeyJmesPath: 'messageId' });
const processor = new BatchProcessor(EventType.SQS);

const processRecord = makeIdempotent(
  async (record: SQSRecord) => {
    JSON.parse(record.body);
    return { done: true };
  },
  { persistenceStore: new DynamoDBPersistenceLayer({ tableName: tableName() }), config },
);

/** For the backoff and the dead letters that Powertools leaves to its user. */
export const sqs = new SQSClient();

export const handler = async (event: SQSEvent, context: Context) => {
  config.registerLambdaContext(context);
  return await processPartialResponse(event, processRecord, processor, {
    context,
    throwOnFullBatchFailure: false,
  });
};
