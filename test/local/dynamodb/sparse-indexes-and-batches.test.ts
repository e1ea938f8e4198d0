import {
  BatchGetItemCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  QueryCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type StartedDynamoDb, startDynamoDb, tableInput } from './start-dynamodb.ts';

let dynamodb: StartedDynamoDb;
beforeEach(async () => {
  dynamodb = await startDynamoDb();
});
afterEach(() => dynamodb.stop());

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-indexes-general-sparse-indexes.html
it('an index has only the items that have its keys, from the write that sets them to the one that takes them', async () => {
  // GIVEN an index of items with a dead letter
  await dynamodb.service.createTable({
    ...tableInput('runs'),
    AttributeDefinitions: ['id', 'deadLetter'].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'dead',
        KeySchema: [{ AttributeName: 'deadLetter', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  });
  const update = async (UpdateExpression: string, values?: object) =>
    dynamodb.client.send(
      new UpdateItemCommand({
        TableName: 'runs',
        Key: { id: { S: '2' } },
        UpdateExpression,
        ...values,
      }),
    );
  const indexed = async () => {
    const { Items } = await dynamodb.client.send(
      new QueryCommand({
        TableName: 'runs',
        IndexName: 'dead',
        KeyConditionExpression: 'deadLetter = :q',
        ExpressionAttributeValues: { ':q': { S: 'mail' } },
      }),
    );
    return Items?.map(item => item.id?.S);
  };
  for (const id of ['1', '2', '3']) {
    await dynamodb.client.send(new PutItemCommand({ TableName: 'runs', Item: { id: { S: id } } }));
  }
  // THEN
  expect(await indexed()).toEqual([]);
  await update('SET deadLetter = :q', { ExpressionAttributeValues: { ':q': { S: 'mail' } } });
  expect(await indexed()).toEqual(['2']);
  await update('REMOVE deadLetter');
  expect(await indexed()).toEqual([]);
});

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
it('items are read in batches', async () => {
  await dynamodb.service.createTable(tableInput('runs'));
  for (const id of ['1', '2']) {
    await dynamodb.client.send(new PutItemCommand({ TableName: 'runs', Item: { id: { S: id } } }));
  }
  const Keys = ['1', '2', 'none'].map(id => ({ id: { S: id } }));
  const { Responses, UnprocessedKeys } = await dynamodb.client.send(
    new BatchGetItemCommand({ RequestItems: { runs: { Keys } } }),
  );
  expect(Responses?.runs?.map(({ id }) => id?.S).sort()).toEqual(['1', '2']);
  expect(UnprocessedKeys).toEqual({});
});

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html
it('tables are listed in pages', async () => {
  for (const name of ['apples', 'pears']) await dynamodb.service.createTable(tableInput(name));
  const first = await dynamodb.client.send(new ListTablesCommand({ Limit: 1 }));
  expect(first).toMatchObject({ TableNames: ['apples'], LastEvaluatedTableName: 'apples' });
  const second = await dynamodb.client.send(new ListTablesCommand({ ExclusiveStartTableName: 'apples' }));
  expect(second.TableNames).toEqual(['pears']);
});

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html
it('tags are set, listed and taken away', async () => {
  const { arn: ResourceArn } = await dynamodb.service.createTable(tableInput('runs'));
  const Tags = [
    { Key: 'team', Value: 'jobs' },
    { Key: 'env', Value: 'test' },
  ];
  await dynamodb.client.send(new TagResourceCommand({ ResourceArn, Tags }));
  await dynamodb.client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['env'] }));
  const listed = await dynamodb.client.send(new ListTagsOfResourceCommand({ ResourceArn }));
  expect(listed.Tags).toEqual([Tags[0]]);
});
