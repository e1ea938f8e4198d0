import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { openDynaliteStore } from '../../../local/dynamodb/dynalite-store.ts';
import { itemSizeBytes } from '../../../local/dynamodb/item-size.ts';

const requireDynalite = createRequire(import.meta.url);
const location = { region: 'eu-west-1', accountId: '111122223333', endpoint: 'http://127.0.0.1:0' };

it('dynalite is the version whose internals were read', () => {
  expect(requireDynalite('dynalite/package.json').version).toBe('4.0.0');
});

it('dynalite has the parts that are reached into', () => {
  const db = requireDynalite('dynalite/db');
  const store = db.create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  expect(store).toMatchObject({ getItemDb: expect.any(Function), db: { close: expect.any(Function) } });
  expect(store.tableDb).toMatchObject({ awsRegion: expect.any(String), awsAccountId: expect.any(String) });
  expect(store.options.maxItemSize).toBe(400 * 1024);
  expect(requireDynalite('dynalite/validations')).toMatchObject({
    checkTypes: expect.any(Function),
    checkValidations: expect.any(Function),
  });
  expect(db.itemSize).toBe(itemSizeBytes);
});

it("dynalite's operations ask the store they are given for items", async () => {
  // GIVEN a store that shows what is written
  const written: unknown[] = [];
  const store = openDynaliteStore(location, {
    itemWritten: (table, item) => void written.push([table, item]),
  });
  await store.run('CreateTable', {
    TableName: 'runs',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  });
  await expect
    .poll(() => store.run('DescribeTable', { TableName: 'runs' }))
    .toMatchObject({ Table: { TableStatus: 'ACTIVE' } });
  const [one, two, three] = ['1', '2', '3'].map(id => ({ id: { S: id } }));
  // WHEN items are written in each way there is
  await store.run('PutItem', { TableName: 'runs', Item: one });
  await store.run('UpdateItem', { TableName: 'runs', Key: two });
  await store.run('BatchWriteItem', { RequestItems: { runs: [{ PutRequest: { Item: three } }] } });
  // THEN each was seen
  expect(written).toEqual([one, two, three].map(item => ['runs', item]));
  await store.close();
});
