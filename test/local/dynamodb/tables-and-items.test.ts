import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StartedDynamoDb, startDynamoDb, tableInput } from './start-dynamodb.ts';

let dynamodb: StartedDynamoDb;
beforeEach(async () => {
  dynamodb = await startDynamoDb();
});
afterEach(() => dynamodb.stop());

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
describe('tables', () => {
  it('are active as soon as the engine has created them', async () => {
    const { arn } = await dynamodb.service.createTable(tableInput('runs'));
    const { Table } = await dynamodb.client.send(new DescribeTableCommand({ TableName: 'runs' }));
    expect(arn).toBe('arn:aws:dynamodb:eu-west-1:111122223333:table/runs');
    expect(Table).toMatchObject({ TableStatus: 'ACTIVE', TableArn: arn });
    expect(Table?.BillingModeSummary?.BillingMode).toBe('PAY_PER_REQUEST');
  });

  it('take settings without local effect, and keep their tags', async () => {
    const { TableDescription } = await dynamodb.client.send(
      new CreateTableCommand({
        ...tableInput('runs'),
        DeletionProtectionEnabled: true,
        OnDemandThroughput: { MaxReadRequestUnits: 10 },
        WarmThroughput: { ReadUnitsPerSecond: 12_000 },
        TableClass: 'STANDARD',
        SSESpecification: { Enabled: true },
        StreamSpecification: { StreamEnabled: false },
        Tags: [{ Key: 'team', Value: 'mail' }],
      }),
    );
    const ResourceArn = TableDescription?.TableArn;
    const { Tags } = await dynamodb.client.send(new ListTagsOfResourceCommand({ ResourceArn }));
    expect(Tags).toEqual([{ Key: 'team', Value: 'mail' }]);
  });

  it('fail to be created with a stream', async () => {
    const input = { ...tableInput('runs'), StreamSpecification: { StreamEnabled: true } };
    await expect(dynamodb.client.send(new CreateTableCommand(input))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(
        'CreateTable.StreamSpecification is not supported by the local engine',
      ),
    });
  });

  it('fail to be created twice', async () => {
    await dynamodb.service.createTable(tableInput('runs'));
    await expect(dynamodb.service.createTable(tableInput('runs'))).rejects.toMatchObject({
      code: 'ResourceInUseException',
    });
  });

  it("leave the caller's input as it was", async () => {
    const input = { ...tableInput('runs'), DeletionProtectionEnabled: true };
    const before = structuredClone(input);
    await dynamodb.service.createTable(input);
    expect(input).toEqual(before);
  });

  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContinuousBackups.html
  it('describe point-in-time recovery as it was set', async () => {
    await dynamodb.service.createTable(tableInput('runs'));
    const describeBackups = () =>
      dynamodb.client.send(new DescribeContinuousBackupsCommand({ TableName: 'runs' }));
    const off = await describeBackups();
    await dynamodb.client.send(
      new UpdateContinuousBackupsCommand({
        TableName: 'runs',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    const on = await describeBackups();
    const statuses = [off, on].map(
      output =>
        output.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus,
    );
    expect(statuses).toEqual(['DISABLED', 'ENABLED']);
  });

  it('are gone once deleted', async () => {
    await dynamodb.service.createTable(tableInput('runs'));
    await dynamodb.client.send(new DeleteTableCommand({ TableName: 'runs' }));
    const put = dynamodb.client.send(new PutItemCommand({ TableName: 'runs', Item: { id: { S: '1' } } }));
    await expect(put).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
it('items are found through a keys-only index, newest first', async () => {
  // GIVEN a table with an index by task and time
  await dynamodb.service.createTable({
    ...tableInput('runs'),
    AttributeDefinitions: ['id', 'task', 'createdAt'].map(AttributeName => ({
      AttributeName,
      AttributeType: 'S',
    })),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byTask',
        KeySchema: [
          { AttributeName: 'task', KeyType: 'HASH' },
          { AttributeName: 'createdAt', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  });
  for (const id of ['1', '2', '3']) {
    const Item = {
      id: { S: id },
      task: { S: 'mail' },
      createdAt: { S: `2030-01-0${id}` },
      result: { S: 'large' },
    };
    await dynamodb.client.send(new PutItemCommand({ TableName: 'runs', Item }));
  }
  // WHEN its newest two are asked for
  const { Items } = await dynamodb.client.send(
    new QueryCommand({
      TableName: 'runs',
      IndexName: 'byTask',
      KeyConditionExpression: 'task = :task',
      ExpressionAttributeValues: { ':task': { S: 'mail' } },
      ScanIndexForward: false,
      Limit: 2,
    }),
  );
  // THEN they come with their keys alone
  expect(Items?.map(item => item.id?.S)).toEqual(['3', '2']);
  expect(Object.keys(Items?.[0] ?? {}).sort()).toEqual(['createdAt', 'id', 'task']);
});

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ConsumedCapacity.html
it('a write tells the capacity it consumed', async () => {
  await dynamodb.service.createTable(tableInput('runs'));
  const Item = { id: { S: '1' }, text: { S: 'x'.repeat(3000) } };
  const put = new PutItemCommand({ TableName: 'runs', Item, ReturnConsumedCapacity: 'TOTAL' });
  expect((await dynamodb.client.send(put)).ConsumedCapacity).toMatchObject({ CapacityUnits: 3 });
});

describe('what is not supported is refused by name', () => {
  it.each([
    ['TransactWriteItems', new TransactWriteItemsCommand({ TransactItems: [] })],
    ['UpdateTable', new UpdateTableCommand({ TableName: 'runs', BillingMode: 'PAY_PER_REQUEST' })],
  ])('%s', async (operation, command) => {
    await dynamodb.service.createTable(tableInput('runs'));
    const sent = dynamodb.client.send(command as TransactWriteItemsCommand);
    await expect(sent).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: `${operation} is not supported by the local engine`,
    });
  });

  it('a request field', async () => {
    await dynamodb.service.createTable(tableInput('runs'));
    const input = { TableName: 'runs', Key: { id: { S: '1' } }, NotYetInvented: true };
    const answer = await post('UpdateItem', JSON.stringify(input));
    expect(answer).toMatchObject({
      message: 'UpdateItem.NotYetInvented is not supported by the local engine',
    });
  });
});

it.each([
  '',
  '{',
  '[]',
  'null',
  '"x"',
  '{"TableName":5}',
  '{"TableName":"runs","Key":{"id":{"S":{}}}}',
])('the body %j is a client error', async body => {
  expect(await post('UpdateItem', body)).toMatchObject({
    status: 400,
    __type: expect.stringMatching(/Exception$/),
  });
});

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
it('an update with a wrong type is a client error', async () => {
  await dynamodb.service.createTable(tableInput('runs'));
  const update = new UpdateItemCommand({
    TableName: 'runs',
    Key: { id: { S: '1' } },
    UpdateExpression: 'ADD id :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
  });
  await expect(dynamodb.client.send(update)).rejects.toMatchObject({ name: 'ValidationException' });
});

async function post(operation: string, body: string): Promise<object> {
  const headers = {
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    'content-type': 'application/x-amz-json-1.0',
  };
  const response = await fetch(dynamodb.endpoint, { method: 'POST', headers, body });
  return { status: response.status, ...JSON.parse(await response.text()) };
}
