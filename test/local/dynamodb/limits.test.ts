import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type StartedDynamoDb, startDynamoDb } from './start-dynamodb.ts';

let dynamodb: StartedDynamoDb;
beforeEach(async () => {
  dynamodb = await startDynamoDb();
  const names = ['pk', 'sk', 'group', 'rank'];
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  await dynamodb.service.createTable({
    TableName: 'items',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: names.map(AttributeName => ({ AttributeName, AttributeType: 'S' as const })),
    KeySchema: keys('pk', 'sk'),
    GlobalSecondaryIndexes: [
      { IndexName: 'byGroup', KeySchema: keys('group', 'rank'), Projection: { ProjectionType: 'ALL' } },
    ],
  });
});
afterEach(() => dynamodb.stop());

const bytes = (count: number) => `${'é'.repeat(Math.floor(count / 2))}${count % 2 === 1 ? 'x' : ''}`;
const key = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk } });
const TableName = 'items';

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-partition-sort-keys
describe.each([
  ['partition key', 2048, (text: string) => key(text, 'x')],
  ['sort key', 1024, (text: string) => key('x', text)],
])("a table's %s has at most %s bytes", (_what, most, keyOf) => {
  const requests = [
    ['PutItem', (Key: ReturnType<typeof key>) => new PutItemCommand({ TableName, Item: Key })],
    ['UpdateItem', (Key: ReturnType<typeof key>) => new UpdateItemCommand({ TableName, Key })],
    ['GetItem', (Key: ReturnType<typeof key>) => new GetItemCommand({ TableName, Key })],
    ['DeleteItem', (Key: ReturnType<typeof key>) => new DeleteItemCommand({ TableName, Key })],
    [
      'BatchWriteItem',
      (Key: ReturnType<typeof key>) =>
        new BatchWriteItemCommand({ RequestItems: { items: [{ PutRequest: { Item: Key } }] } }),
    ],
  ] as const;

  test.each(requests)('in %s', async (_operation, request) => {
    const send = (text: string) => dynamodb.client.send(request(keyOf(text)) as PutItemCommand);
    await expect(send(bytes(most))).resolves.toBeDefined();
    await expect(send(bytes(most + 1))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(`limit of${most === 2048 ? '' : ' '}${most} bytes`),
    });
  });
});

describe.each([
  ['partition key', 2048, 'group'],
  ['sort key', 1024, 'rank'],
])("an index's %s has at most %s bytes", (_what, most, name) => {
  const item = (text: string) => ({
    ...key('1', '1'),
    group: { S: 'g' },
    rank: { S: 'r' },
    [name]: { S: text },
  });

  test('in PutItem', async () => {
    const put = (text: string) => dynamodb.client.send(new PutItemCommand({ TableName, Item: item(text) }));
    await expect(put(bytes(most))).resolves.toBeDefined();
    await expect(put(bytes(most + 1))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('IndexName: byGroup'),
    });
  });

  test('in UpdateItem, which leaves the item as it was', async () => {
    await dynamodb.client.send(new PutItemCommand({ TableName, Item: item('before') }));
    const update = new UpdateItemCommand({
      TableName,
      Key: key('1', '1'),
      UpdateExpression: 'SET #name = :long',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':long': { S: bytes(most + 1) } },
    });
    await expect(dynamodb.client.send(update)).rejects.toMatchObject({ name: 'ValidationException' });
    const { Item } = await dynamodb.client.send(new GetItemCommand({ TableName, Key: key('1', '1') }));
    expect(Item).toEqual(item('before'));
  });
});

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters
test.each([
  [
    'ConditionExpression',
    (text: string) => new PutItemCommand({ TableName, Item: key('1', '1'), ConditionExpression: text }),
    (name: string) => `attribute_not_exists(${name})`,
  ],
  [
    'UpdateExpression',
    (text: string) => new UpdateItemCommand({ TableName, Key: key('1', '1'), UpdateExpression: text }),
    (name: string) => `REMOVE ${name}`,
  ],
  [
    'ProjectionExpression',
    (text: string) => new GetItemCommand({ TableName, Key: key('1', '1'), ProjectionExpression: text }),
    (name: string) => name,
  ],
  [
    'FilterExpression',
    (text: string) =>
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: text,
        ExpressionAttributeValues: { ':pk': { S: '1' } },
      }),
    (name: string) => `attribute_exists(${name})`,
  ],
])('a %s has at most 4096 bytes', async (what, request, expression) => {
  // Blanks count.
  const sized = (count: number) => expression('note').padEnd(count);
  await expect(dynamodb.client.send(request(sized(4096)) as PutItemCommand)).resolves.toBeDefined();
  await expect(dynamodb.client.send(request(sized(4097)) as PutItemCommand)).rejects.toMatchObject({
    name: 'ValidationException',
    message: `Invalid ${what}: Expression size has exceeded the maximum allowed size; expression size: 4097`,
  });
});
