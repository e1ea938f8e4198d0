import { cp, readdir } from 'node:fs/promises';
import { DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import type { EngineOptions } from '../../../local/engine.ts';
import { eventually } from '../../eventually.ts';
import { running } from '../engine/running.ts';
import { newFolder, writeAssembly } from '../engine/written-assembly.ts';
import { createFakeClock } from '../fake-clock.ts';

const SHOP = {
  Resources: {
    Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 60 } },
    Orders: {
      Type: 'AWS::SQS::Queue',
      Properties: { FifoQueue: true, ContentBasedDeduplication: true, VisibilityTimeout: 60 },
    },
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'by', AttributeType: 'S' },
        ],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'by-by',
            KeySchema: [{ AttributeName: 'by', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      },
    },
    Bucket: { Type: 'AWS::S3::Bucket' },
  },
  Outputs: {
    queue: { Value: { Ref: 'Queue' } },
    orders: { Value: { Ref: 'Orders' } },
    table: { Value: { Ref: 'Table' } },
    bucket: { Value: { Ref: 'Bucket' } },
  },
};

function shop(options: Partial<EngineOptions> & { assembly: string }) {
  return running(options).then(engine => ({
    engine,
    outputs: engine.outputs.Shop ?? {},
    sqs: new SQSClient(engine.clientConfig),
    dynamodb: new DynamoDBClient(engine.clientConfig),
    s3: new S3Client(engine.clientConfig),
  }));
}

type Shop = Awaited<ReturnType<typeof shop>>;

async function receive({ sqs }: Shop, url: string | undefined) {
  const request = { QueueUrl: url, MaxNumberOfMessages: 10 };
  const all = { MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All' as const] };
  return (await sqs.send(new ReceiveMessageCommand({ ...request, ...all }))).Messages ?? [];
}

const send = ({ sqs }: Shop, url: string | undefined, body: string, more = {}) =>
  sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body, ...more }));

test('keeps messages with their attributes, receive counts and receipt handles', async () => {
  // GIVEN a visible message, one that was received and one that is delayed
  const [assembly, data] = [await writeAssembly({ Shop: { template: SHOP } }), await newFolder()];
  const clock = createFakeClock();
  const before = await shop({ assembly, data, clock });
  const { queue } = before.outputs;
  const attributes = { n: { DataType: 'Binary', BinaryValue: Buffer.from([1, 255]) } };
  await send(before, queue, 'received', { MessageAttributes: attributes });
  const [received] = await receive(before, queue);
  await send(before, queue, 'delayed', { DelaySeconds: 90 });
  await send(before, queue, 'visible');

  // WHEN
  await before.engine.stop();
  const after = await shop({ assembly, data, clock });

  // THEN
  const url = after.outputs.queue;
  expect((await receive(after, url)).map(({ Body }) => Body)).toEqual(['visible']);
  clock.advance(60_000);
  const again = await receive(after, url);
  expect(again.map(({ Body }) => Body).sort()).toEqual(['received', 'visible']);
  const same = again.find(({ Body }) => Body === 'received');
  expect(same?.MessageId).toBe(received?.MessageId);
  expect(same?.Attributes?.ApproximateReceiveCount).toBe('2');
  expect(same?.MessageAttributes?.n?.BinaryValue).toEqual(new Uint8Array([1, 255]));
  clock.advance(30_000);
  expect((await receive(after, url)).map(({ Body }) => Body)).toEqual(['delayed']);
});

test('lets a receipt handle from before settle its message', async () => {
  const [assembly, data] = [await writeAssembly({ Shop: { template: SHOP } }), await newFolder()];
  const before = await shop({ assembly, data });
  for (const body of ['a', 'b']) await send(before, before.outputs.queue, body);
  const [a, b] = await receive(before, before.outputs.queue);
  await before.engine.stop();

  const { sqs, outputs } = await shop({ assembly, data });
  await sqs.send(new DeleteMessageCommand({ QueueUrl: outputs.queue, ReceiptHandle: a?.ReceiptHandle }));
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: outputs.queue,
      ReceiptHandle: b?.ReceiptHandle,
      VisibilityTimeout: 0,
    }),
  );

  const { Attributes: counts } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: outputs.queue, AttributeNames: ['All'] }),
  );
  expect(counts).toMatchObject({
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesNotVisible: '0',
  });
});

test('keeps the locks, the order and the duplicates of a FIFO queue', async () => {
  // GIVEN a group with a message in flight
  const [assembly, data] = [await writeAssembly({ Shop: { template: SHOP } }), await newFolder()];
  const clock = createFakeClock();
  const before = await shop({ assembly, data, clock });
  const { orders } = before.outputs;
  await send(before, orders, 'one', { MessageGroupId: 'g' });
  await receive(before, orders);
  await send(before, orders, 'two', { MessageGroupId: 'g' });

  // WHEN
  await before.engine.stop();
  const after = await shop({ assembly, data, clock });
  await send(after, after.outputs.orders, 'two', { MessageGroupId: 'g' });
  await send(after, after.outputs.orders, 'three', { MessageGroupId: 'g' });

  // THEN
  expect(await receive(after, after.outputs.orders)).toEqual([]);
  clock.advance(60_000);
  const bodies = (await receive(after, after.outputs.orders)).map(({ Body }) => Body);
  expect(bodies).toEqual(['one', 'two', 'three']);
});

test('keeps items with their indexes, and lets them expire', async () => {
  const [assembly, data] = [await writeAssembly({ Shop: { template: SHOP } }), await newFolder()];
  const clock = createFakeClock();
  const before = await shop({ assembly, data, clock });
  const expiresAt = { N: String(clock.now() / 1000 + 30) };
  const item = { pk: { S: 'a' }, by: { S: 'x' }, bytes: { B: new Uint8Array([0, 255]) }, expiresAt };
  await before.dynamodb.send(new PutItemCommand({ TableName: before.outputs.table, Item: item }));
  await before.engine.stop();

  const { dynamodb, outputs } = await shop({ assembly, data, clock });
  const query = async () => {
    const values = { ':x': { S: 'x' } };
    const key = { KeyConditionExpression: '#by = :x', ExpressionAttributeNames: { '#by': 'by' } };
    const request = {
      TableName: outputs.table,
      IndexName: 'by-by',
      ExpressionAttributeValues: values,
      ...key,
    };
    return (await dynamodb.send(new QueryCommand(request))).Items;
  };

  expect(await query()).toEqual([item]);
  clock.advance(120_000);
  await eventually(async () => expect(await query()).toEqual([]));
});

test('keeps objects with their headers', async () => {
  const [assembly, data] = [await writeAssembly({ Shop: { template: SHOP } }), await newFolder()];
  const before = await shop({ assembly, data });
  const object = { ContentType: 'text/csv', CacheControl: 'no-store', Metadata: { by: 'me' } };
  const place = { Bucket: before.outputs.bucket, Key: 'reports/ä.csv' };
  const put = await before.s3.send(
    new PutObjectCommand({ ...place, ...object, Body: 'a;b', ChecksumAlgorithm: 'SHA256' }),
  );
  await before.engine.stop();

  const { s3 } = await shop({ assembly, data });
  const got = await s3.send(new GetObjectCommand({ ...place, ChecksumMode: 'ENABLED' }));

  expect(await got.Body?.transformToString()).toBe('a;b');
  expect(got).toMatchObject({ ...object, ETag: put.ETag, ChecksumSHA256: put.ChecksumSHA256 });
});

test('saves while it runs, so that a crash loses no more than the last moment', async () => {
  const [assembly, data] = [await writeAssembly({ Shop: { template: SHOP } }), await newFolder()];
  const clock = createFakeClock();
  const crashing = await shop({ assembly, data, clock });
  await send(crashing, crashing.outputs.queue, 'survives');
  await eventually(async () => {
    clock.advance(1_000);
    expect(await readdir(data)).toContain('state.jsonl');
  });
  const snapshot = await newFolder();
  await cp(data, snapshot, { recursive: true, filter: path => !path.endsWith('in-use-by') });

  const after = await shop({ assembly, data: snapshot, clock });

  expect((await receive(after, after.outputs.queue)).map(({ Body }) => Body)).toEqual(['survives']);
});

test('starts anew with what stopForRestart answers', async () => {
  const assembly = await writeAssembly({ Shop: { template: SHOP } });
  const before = await shop({ assembly });
  await send(before, before.outputs.queue, 'stays');
  const snapshot = await before.engine.stopForRestart();

  const after = await shop({ assembly, snapshot });

  expect((await receive(after, after.outputs.queue)).map(({ Body }) => Body)).toEqual(['stays']);
});

test('warns of what the stacks do not have any more', async () => {
  const before = await shop({ assembly: await writeAssembly({ Shop: { template: SHOP } }) });
  await send(before, before.outputs.queue, 'dropped');
  const queueName = before.engine.queues[0]?.name;
  const snapshot = await before.engine.stopForRestart();
  const { Queue: _removed, ...rest } = SHOP.Resources;
  const template = { Resources: rest };

  const warnings: string[] = [];
  await shop({
    assembly: await writeAssembly({ Shop: { template } }),
    snapshot,
    onWarning: warning => warnings.push(warning),
  });

  expect(warnings).toEqual([`what queue ${queueName} held is dropped: these stacks do not have it any more`]);
});

test('keeps the data of a start that fails', async () => {
  const data = await newFolder();
  const good = await writeAssembly({ Shop: { template: SHOP } });
  const before = await shop({ assembly: good, data });
  await send(before, before.outputs.queue, 'safe');
  await before.engine.stop();
  const broken = {
    ...SHOP,
    Resources: {
      ...SHOP.Resources,
      Fn: {
        Type: 'AWS::Lambda::Function',
        Properties: { Code: { ZipFile: 'nonsense(' }, Handler: 'index.handler', Runtime: 'nodejs24.x' },
      },
    },
  };

  await expect(shop({ assembly: await writeAssembly({ Shop: { template: broken } }), data })).rejects.toThrow(
    'does not start',
  );

  const after = await shop({ assembly: good, data });
  expect((await receive(after, after.outputs.queue)).map(({ Body }) => Body)).toEqual(['safe']);
});

test('fails for a table whose keys are others now, naming it', async () => {
  const before = await shop({ assembly: await writeAssembly({ Shop: { template: SHOP } }) });
  const item = { pk: { S: 'a' } };
  await before.dynamodb.send(new PutItemCommand({ TableName: before.outputs.table, Item: item }));
  const snapshot = await before.engine.stopForRestart();
  const text = JSON.stringify(SHOP).replaceAll('"pk"', '"id"');
  const assembly = await writeAssembly({ Shop: { template: JSON.parse(text) } });

  await expect(shop({ assembly, snapshot })).rejects.toThrow(
    /table Shop-Table-\S+ does not take what it held before/,
  );
});
