import { BatchWriteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Item, itemSizeBytes } from '../../../local/dynamodb/item-size.ts';
import { type StartedDynamoDb, startDynamoDb, tableInput } from './start-dynamodb.ts';

const LIMIT_BYTES = 400 * 1024;
/** `{ id: { S: '1' }, t: { S: … } }` apart from the text itself. */
const FIXED_BYTES = 'id1t'.length;

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items
describe('an item of more than 400 KB in UTF-8', () => {
  let dynamodb: StartedDynamoDb;
  beforeEach(async () => {
    dynamodb = await startDynamoDb();
    await dynamodb.service.createTable(tableInput('runs'));
  });
  afterEach(() => dynamodb.stop());

  const writes = {
    put: (text: string) =>
      new PutItemCommand({ TableName: 'runs', Item: { id: { S: '1' }, t: { S: text } } }),
    update: (text: string) =>
      new UpdateItemCommand({
        TableName: 'runs',
        Key: { id: { S: '1' } },
        UpdateExpression: 'SET t = :t',
        ExpressionAttributeValues: { ':t': { S: text } },
      }),
    'batch write': (text: string) =>
      new BatchWriteItemCommand({
        RequestItems: { runs: [{ PutRequest: { Item: { id: { S: '1' }, t: { S: text } } } }] },
      }),
  };

  it.each(Object.keys(writes) as (keyof typeof writes)[])('fails to be stored by a %s', async operation => {
    const send = (text: string) => dynamodb.client.send(writes[operation](text) as PutItemCommand);
    const half = (LIMIT_BYTES - FIXED_BYTES) / 2;
    await expect(send('é'.repeat(half))).resolves.toBeDefined();
    await expect(send(`${'é'.repeat(half)}x`)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
it.each<[string, Item, number]>([
  ['names count, in UTF-8', { é: { S: 'é' } }, 4],
  ['emoji count four bytes', { a: { S: '🙂' } }, 5],
  ['two digits of a number count one byte, and one more', { a: { N: '1234' } }, 4],
  ['zeros around a number, its sign, point and exponent do not count', { a: { N: '-00.120e5' } }, 3],
  ['zero counts one byte', { a: { N: '0' } }, 2],
  ['a binary counts as bytes', { a: { B: Buffer.from('abc').toString('base64') } }, 4],
  [
    'sets count their members',
    { a: { SS: ['é', 'b'] }, b: { NS: ['1', '22'] }, c: { BS: ['YWJj'] } },
    4 + 5 + 4,
  ],
  ['true and null count one byte', { a: { BOOL: true }, b: { NULL: true } }, 4],
  ['a list counts three bytes, and one for each element', { a: { L: [{ S: 'x' }, { S: 'y' }] } }, 1 + 3 + 4],
  ['a map counts three bytes, and one for each element', { a: { M: { k: { S: 'x' } } } }, 1 + 3 + 3],
])('%s', (_rule, item, bytes) => {
  expect(itemSizeBytes(item)).toBe(bytes);
});
