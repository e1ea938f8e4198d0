import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBServiceException,
  PutItemCommand,
  type ReturnValuesOnConditionCheckFailure,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type StartedDynamoDb, startDynamoDb, tableInput } from './start-dynamodb.ts';

let dynamodb: StartedDynamoDb;
beforeEach(async () => {
  dynamodb = await startDynamoDb();
  await dynamodb.service.createTable(tableInput('runs'));
  const Item = { id: { S: '1' }, status: { S: 'running' } };
  await dynamodb.client.send(new PutItemCommand({ TableName: 'runs', Item }));
});
afterEach(() => dynamodb.stop());

const commands = {
  put: (id: string, returned?: ReturnValuesOnConditionCheckFailure) =>
    new PutItemCommand({ ...conditional(returned), Item: { id: { S: id } } }),
  update: (id: string, returned?: ReturnValuesOnConditionCheckFailure) =>
    new UpdateItemCommand({
      ...conditional(returned),
      Key: { id: { S: id } },
      UpdateExpression: 'REMOVE lease',
    }),
  delete: (id: string, returned?: ReturnValuesOnConditionCheckFailure) =>
    new DeleteItemCommand({ ...conditional(returned), Key: { id: { S: id } } }),
};

function conditional(returned: ReturnValuesOnConditionCheckFailure = 'NONE') {
  return {
    TableName: 'runs',
    ConditionExpression: '#status = :queued',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':queued': { S: 'queued' } },
    ReturnValuesOnConditionCheckFailure: returned,
  };
}

async function failureOf(
  operation: keyof typeof commands,
  id: string,
  returned?: ReturnValuesOnConditionCheckFailure,
) {
  const command = commands[operation](id, returned) as PutItemCommand;
  const failure = await dynamodb.client.send(command).catch((error: DynamoDBServiceException) => error);
  if (failure instanceof ConditionalCheckFailedException) return failure;
  throw new Error(`expected a failed condition, got ${JSON.stringify(failure)}`);
}

const operations = ['put', 'update', 'delete'] as const;

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html#DDB-UpdateItem-request-ReturnValuesOnConditionCheckFailure
it.each(operations)('a failed %s returns the item it met, if asked', async operation => {
  const failure = await failureOf(operation, '1', 'ALL_OLD');
  expect(failure.Item).toEqual({ id: { S: '1' }, status: { S: 'running' } });
});

it.each(operations)('a failed %s returns no item, if not asked', async operation => {
  expect((await failureOf(operation, '1')).Item).toBeUndefined();
});

it.each(operations)('a failed %s returns no item where there is none', async operation => {
  expect((await failureOf(operation, '2', 'ALL_OLD')).Item).toBeUndefined();
});

it('fails to return anything but the old item', async () => {
  const wrong = { ...conditional(), ReturnValuesOnConditionCheckFailure: 'ALL_NEW', Key: { id: { S: '1' } } };
  const command = new UpdateItemCommand(
    wrong as typeof wrong & { ReturnValuesOnConditionCheckFailure: 'NONE' },
  );
  await expect(dynamodb.client.send(command)).rejects.toMatchObject({ name: 'ValidationException' });
});

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
it('of twenty updates side by side that need the same old value, one succeeds', async () => {
  const attempts = Array.from({ length: 20 }, (_, index) =>
    dynamodb.client.send(
      new UpdateItemCommand({
        TableName: 'runs',
        Key: { id: { S: '1' } },
        UpdateExpression: 'SET lease = :me',
        ConditionExpression: 'attribute_not_exists(lease)',
        ExpressionAttributeValues: { ':me': { S: String(index) } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  const settled = await Promise.allSettled(attempts);
  const winner = settled.findIndex(attempt => attempt.status === 'fulfilled');
  const seenByLosers = settled.flatMap(attempt =>
    attempt.status === 'rejected' ? [attempt.reason.Item?.lease?.S] : [],
  );
  expect(seenByLosers).toEqual(Array.from({ length: 19 }, () => String(winner)));
});
