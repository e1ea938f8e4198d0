import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { tableName } from './table.ts';

/** The least that records a run: one write as it begins and one as it ends, each conditional, side by side in a batch. */
const dynamodb = new DynamoDBClient();
const table = tableName();

export const handler = async (event: SQSEvent) => {
  await Promise.all(event.Records.map(processRecord));
  return { batchItemFailures: [] };
};

async function processRecord({ messageId, body }: SQSRecord): Promise<void> {
  JSON.parse(body);
  const leaseId = crypto.randomUUID();
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { id: { S: messageId } },
      UpdateExpression: 'SET #status = :running, leaseId = :leaseId, startedAt = :now',
      ConditionExpression: 'attribute_not_exists(id)',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':running': { S: 'running' },
        ':leaseId': { S: leaseId },
        ':now': { N: String(Date.now()) },
      },
    }),
  );
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { id: { S: messageId } },
      UpdateExpression: 'SET #status = :succeeded, finishedAt = :now, #result = :result',
      ConditionExpression: 'leaseId = :leaseId',
      ExpressionAttributeNames: { '#status': 'status', '#result': 'result' },
      ExpressionAttributeValues: {
        ':succeeded': { S: 'succeeded' },
        ':leaseId': { S: leaseId },
        ':now': { N: String(Date.now()) },
        ':result': { S: JSON.stringify({ done: true }) },
      },
    }),
  );
}
