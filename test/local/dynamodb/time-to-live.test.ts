import {
  DeleteTableCommand,
  DescribeTimeToLiveCommand,
  PutItemCommand,
  ScanCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../../eventually.ts';
import { type StartedDynamoDb, startDynamoDb, tableInput } from './start-dynamodb.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let dynamodb: StartedDynamoDb;
beforeEach(async () => {
  dynamodb = await startDynamoDb();
  await dynamodb.service.createTable(tableInput('runs'));
});
afterEach(() => dynamodb.stop());

async function put(id: string, expiresInMs?: number, TableName = 'runs') {
  const seconds = Math.floor((dynamodb.clock.now() + (expiresInMs ?? 0)) / 1000);
  const expiry = expiresInMs === undefined ? {} : { expiresAt: { N: String(seconds) } };
  await dynamodb.client.send(new PutItemCommand({ TableName, Item: { id: { S: id }, ...expiry } }));
}

async function ids(TableName = 'runs') {
  const { Items } = await dynamodb.client.send(new ScanCommand({ TableName }));
  return Items?.map(item => item.id?.S).sort();
}

async function update(Enabled: boolean, AttributeName = 'expiresAt') {
  const TimeToLiveSpecification = { Enabled, AttributeName };
  return dynamodb.client.send(new UpdateTimeToLiveCommand({ TableName: 'runs', TimeToLiveSpecification }));
}

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
it('deletes an item within a minute after its expiry, and no other', async () => {
  await dynamodb.service.enableTimeToLive('runs', 'expiresAt');
  await put('a minute', MINUTE_MS);
  await put('a month', 30 * DAY_MS);
  await put('for ever');
  dynamodb.clock.advance(MINUTE_MS);
  expect(await ids()).toEqual(['a minute', 'a month', 'for ever']);
  dynamodb.clock.advance(MINUTE_MS);
  await eventually(async () => expect(await ids()).toEqual(['a month', 'for ever']));
  dynamodb.clock.advance(30 * DAY_MS);
  await eventually(async () => expect(await ids()).toEqual(['for ever']));
});

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html
it('goes on reading an expired item until it is deleted: conditions must compare the time themselves', async () => {
  await dynamodb.service.enableTimeToLive('runs', 'expiresAt');
  await put('expired', 1_000);
  dynamodb.clock.advance(30_000);
  expect(await ids()).toEqual(['expired']);
  const Item = { id: { S: 'expired' } };
  const claim = (ConditionExpression: string, values?: object) =>
    dynamodb.client.send(new PutItemCommand({ TableName: 'runs', Item, ConditionExpression, ...values }));
  await expect(claim('attribute_not_exists(id)')).rejects.toMatchObject({
    name: 'ConditionalCheckFailedException',
  });
  const now = { ':now': { N: String(dynamodb.clock.now() / 1000) } };
  await claim('attribute_not_exists(id) OR expiresAt < :now', { ExpressionAttributeValues: now });
});

it('keeps an item whose expiry was put off or taken away', async () => {
  await dynamodb.service.enableTimeToLive('runs', 'expiresAt');
  for (const id of ['put off', 'taken away', 'expired']) await put(id, MINUTE_MS);
  await put('put off', DAY_MS);
  await put('taken away');
  dynamodb.clock.advance(2 * MINUTE_MS);
  await eventually(async () => expect(await ids()).toEqual(['put off', 'taken away']));
});

it('deletes items that were there before it was enabled', async () => {
  await put('earlier', MINUTE_MS);
  await dynamodb.service.enableTimeToLive('runs', 'expiresAt');
  dynamodb.clock.advance(2 * MINUTE_MS);
  await eventually(async () => expect(await ids()).toEqual([]));
});

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html
it('ignores an expiry that is no number, or more than five years ago', async () => {
  await dynamodb.service.enableTimeToLive('runs', 'expiresAt');
  await put('long ago', -6 * 366 * DAY_MS);
  const text = { id: { S: 'text' }, expiresAt: { S: '1' } };
  await dynamodb.client.send(new PutItemCommand({ TableName: 'runs', Item: text }));
  expect(dynamodb.clock.timers()).toBe(0);
});

it('sets no timer while nothing can expire', async () => {
  await put('not enabled', MINUTE_MS);
  expect(dynamodb.clock.timers()).toBe(0);
  await dynamodb.service.enableTimeToLive('runs', 'expiresAt');
  expect(dynamodb.clock.timers()).toBe(1);
  dynamodb.clock.advance(2 * MINUTE_MS);
  await eventually(async () => expect(await ids()).toEqual([]));
  expect(dynamodb.clock.timers()).toBe(0);
});

it('goes on with other tables when one is deleted', async () => {
  // GIVEN two tables with items that expire
  await dynamodb.service.createTable(tableInput('others'));
  await dynamodb.service.enableTimeToLive('runs', 'expiresAt');
  await dynamodb.service.enableTimeToLive('others', 'expiresAt');
  await put('1', MINUTE_MS);
  await put('2', MINUTE_MS, 'others');
  // WHEN one is deleted, and made again without time to live
  await dynamodb.client.send(new DeleteTableCommand({ TableName: 'runs' }));
  await eventually(() => dynamodb.service.createTable(tableInput('runs')));
  await put('3', MINUTE_MS);
  dynamodb.clock.advance(2 * MINUTE_MS);
  // THEN the other's item is deleted, and the new table's is not
  await eventually(async () => expect(await ids('others')).toEqual([]));
  expect(await ids()).toEqual(['3']);
});

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html
it('is described as it was set', async () => {
  const describe = async () => {
    const output = await dynamodb.client.send(new DescribeTimeToLiveCommand({ TableName: 'runs' }));
    return output.TimeToLiveDescription;
  };
  expect(await describe()).toEqual({ TimeToLiveStatus: 'DISABLED' });
  await update(true);
  expect(await describe()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' });
  await update(false);
  expect(await describe()).toEqual({ TimeToLiveStatus: 'DISABLED' });
});

it('fails to be enabled or disabled twice', async () => {
  await expect(update(false)).rejects.toMatchObject({ message: 'TimeToLive is already disabled' });
  await update(true);
  await expect(update(true)).rejects.toMatchObject({ message: 'TimeToLive is already enabled' });
});

it('fails for a table that is not there', async () => {
  await expect(dynamodb.service.enableTimeToLive('nowhere', 'expiresAt')).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
  });
});
