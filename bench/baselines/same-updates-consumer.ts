import { type AttributeValue, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { tableName } from './table.ts';

/**
 * What our consumer asks of DynamoDB for a run that succeeds, attribute by attribute and by a client that is set up
 * alike, with nothing around it: the floor of whatever keeps runs as it does.
 */
const dynamodb = new DynamoDBClient({ cacheMiddleware: true });
dynamodb.middlewareStack.remove('loggerMiddleware');
const table = tableName();

export const handler = async (event: SQSEvent) => {
  await Promise.all(event.Records.map(processRecord));
  return { batchItemFailures: [] };
};

async function processRecord({ messageId, body }: SQSRecord): Promise<void> {
  JSON.parse(body);
  const leaseId = { S: crypto.randomUUID() };
  const now = Date.now();
  await update(messageId, {
    UpdateExpression:
      '#status = :status, startedAt = :now, createdAt = if_not_exists(createdAt, :createdAt) ADD attempt :one',
    set: {
      task: { S: 'do-nothing' },
      epoch: { N: '0' },
      expiresAt: { N: String(Math.ceil(now / 1000) + 86_400) },
      leaseId,
      leaseUntil: { N: String(now + 60_000) },
    },
    ConditionExpression:
      'attribute_not_exists(id) OR epoch = :epoch AND #status = :queued AND (attribute_not_exists(moves) OR ' +
      'moves <= :moves) OR epoch = :epoch AND #status = :retrying AND (attribute_not_exists(notBefore) OR ' +
      'notBefore <= :now)',
    values: {
      ':status': { S: 'running' },
      ':createdAt': { N: String(now) },
      ':one': { N: '1' },
      ':now': { N: String(now) },
      ':moves': { N: '0' },
      ':queued': { S: 'queued' },
      ':retrying': { S: 'retrying' },
    },
    ReturnValues: 'ALL_OLD',
  });
  await update(messageId, {
    UpdateExpression: '#status = :status, #result = :result',
    set: {
      finishedAt: { N: String(Date.now()) },
      expiresAt: { N: String(Math.ceil(now / 1000) + 86_400) },
    },
    ConditionExpression: 'leaseId = :leaseId AND #status IN (:running, :status)',
    names: { '#result': 'result' },
    values: {
      ':status': { S: 'succeeded' },
      ':result': { S: JSON.stringify({ done: true }) },
      ':leaseId': leaseId,
      ':running': { S: 'running' },
    },
    ReturnValues: 'NONE',
  });
}

interface Update {
  /** Set by their own names, before what the expression sets. */
  readonly set: Readonly<Record<string, AttributeValue>>;
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
  readonly ReturnValues: 'ALL_OLD' | 'NONE';
}

async function update(id: string, { set, names, values, ...request }: Update): Promise<void> {
  const assignments = Object.keys(set).map(name => `${name} = :${name}`);
  const setValues = Object.entries(set).map(([name, value]) => [`:${name}`, value]);
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { id: { S: id } },
      ...request,
      UpdateExpression: `SET ${assignments.join(', ')}, ${request.UpdateExpression}`,
      ExpressionAttributeNames: { '#status': 'status', ...names },
      ExpressionAttributeValues: { ...Object.fromEntries(setValues), ...values },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }),
  );
}
