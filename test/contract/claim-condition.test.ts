import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CLAIM_CONDITION, type Delivery, decideDelivery } from '../../contract/delivery.ts';
import { type RunItem, toAttribute } from '../../contract/run-item.ts';

const TABLE = 'runs';
const dynalite: (options: { createTableMs: number }) => Server = createRequire(import.meta.url)('dynalite');

let server: Server;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
  server = dynalite({ createTableMs: 0 });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  dynamodb = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await dynamodb.send(
    new CreateTableCommand({
      TableName: TABLE,
      AttributeDefinitions: [{ AttributeName: 'runId', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'runId', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
});

afterAll(async () => {
  dynamodb.destroy();
  await new Promise(resolve => server.close(resolve));
});

const nearNow = fc.integer({ min: 998, max: 1002 });

const anyItem: fc.Arbitrary<Omit<RunItem, 'runId'>> = fc.record(
  {
    task: fc.constant('resize'),
    status: fc.constantFrom('queued', 'running', 'retrying', 'succeeded', 'deadLettered', 'canceled'),
    epoch: fc.nat(3),
    attempt: fc.nat(3),
    createdAt: fc.constant(0),
    notBefore: nearNow,
    leaseId: fc.constant('lease'),
    leaseUntil: nearNow,
    moves: fc.nat(2),
  },
  { requiredKeys: ['task', 'status', 'epoch', 'attempt', 'createdAt'] },
);

/** Half of the items are near a claim, so that both answers are tried often. */
const anyStoredItem = fc.oneof(
  anyItem,
  fc.tuple(anyItem, fc.constantFrom('queued' as const, 'retrying' as const)).map(([item, status]) => ({
    ...item,
    status,
    epoch: 0,
  })),
);

const anyDelivery: fc.Arbitrary<Delivery> = fc.record({
  epoch: fc.oneof(fc.constant(0), fc.nat(3)),
  attempts: fc.integer({ min: 1, max: 3 }),
  nowMs: fc.constant(1000),
  moves: fc.nat(2),
});

async function isClaimable(runId: string, { epoch, nowMs, moves = 0 }: Delivery): Promise<boolean> {
  try {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: TABLE,
        Key: { runId: { S: runId } },
        UpdateExpression: 'SET claimed = :now',
        ConditionExpression: CLAIM_CONDITION,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':epoch': toAttribute(epoch),
          ':now': toAttribute(nowMs),
          ':moves': toAttribute(moves),
          ':queued': toAttribute('queued'),
          ':retrying': toAttribute('retrying'),
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

it('CLAIM_CONDITION holds in DynamoDB exactly when decideDelivery says claim', {
  timeout: 60_000,
}, async () => {
  const seen = { claim: 0, other: 0 };
  let runs = 0;

  await fc.assert(
    fc.asyncProperty(fc.option(anyStoredItem), anyDelivery, async (stored, delivery) => {
      const runId = `run-${runs++}`;
      const item = stored === null ? undefined : { ...stored, runId };
      if (item !== undefined) {
        const attributes = Object.entries(item).map(([name, value]) => [name, toAttribute(value)]);
        await dynamodb.send(new PutItemCommand({ TableName: TABLE, Item: Object.fromEntries(attributes) }));
      }

      const claim = decideDelivery(item, delivery) === 'claim';
      seen[claim ? 'claim' : 'other']++;
      expect(await isClaimable(runId, delivery)).toBe(claim);
    }),
    { numRuns: 300 },
  );

  expect(Math.min(seen.claim, seen.other)).toBeGreaterThan(40);
});
