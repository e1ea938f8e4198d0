import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { build } from 'esbuild';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startLocal } from '../../../local/start-local.ts';
import { running } from './running.ts';
import { newFolder } from './written-assembly.ts';

/** Stores each message; fails those whose body says so. */
const HANDLER = `
  import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
  const dynamodb = new DynamoDBClient();
  export async function handler({ Records }) {
    const batchItemFailures = [];
    for (const { messageId, body } of Records) {
      if (body === 'poison') batchItemFailures.push({ itemIdentifier: messageId });
      else await dynamodb.send(new PutItemCommand({
        TableName: process.env.TABLE,
        Item: { pk: { S: body } },
      }));
    }
    return { batchItemFailures };
  }
`;

/** Bundles the source as CDK's NodejsFunction would; answers the folder. */
async function bundled(source: string): Promise<string> {
  const folder = await newFolder();
  await build({
    stdin: { contents: source, resolveDir: process.cwd() },
    bundle: true,
    platform: 'node',
    outfile: join(folder, 'index.js'),
  });
  return folder;
}

async function shop(): Promise<App> {
  const app = new App({ outdir: await newFolder() });
  const stack = new Stack(app, 'Shop');
  const dlq = new sqs.Queue(stack, 'Dlq', { enforceSSL: true });
  const queue = new sqs.Queue(stack, 'Queue', {
    visibilityTimeout: Duration.seconds(3),
    deadLetterQueue: { queue: dlq, maxReceiveCount: 1 },
    encryption: sqs.QueueEncryption.SQS_MANAGED,
  });
  const table = new dynamodb.TableV2(stack, 'Table', {
    partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
    timeToLiveAttribute: 'expiresAt',
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const bucket = new s3.Bucket(stack, 'Bucket', {
    enforceSSL: true,
    encryption: s3.BucketEncryption.S3_MANAGED,
  });
  const consumer = new lambda.Function(stack, 'Consumer', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(await bundled(HANDLER)),
    environment: { TABLE: table.tableName },
    memorySize: 256,
    tracing: lambda.Tracing.ACTIVE,
  });
  consumer.addEventSource(
    new SqsEventSource(queue, { reportBatchItemFailures: true, maxConcurrency: 2, batchSize: 5 }),
  );
  table.grantWriteData(consumer);
  new sns.Topic(stack, 'Ops').addSubscription(new EmailSubscription('ops@example.org'));
  for (const [name, value] of Object.entries({
    queue: queue.queueUrl,
    dlq: dlq.queueUrl,
    table: table.tableName,
    bucket: bucket.bucketName,
  })) {
    new CfnOutput(stack, name, { value });
  }
  return app;
}

test('runs a synthesized stack: a message reaches the bundled handler, a failed one the dead-letter queue', async () => {
  // GIVEN
  const local = await startLocal({ app: await shop() });
  onTestFinished(() => local.stop());
  const outputs = local.outputs.Shop ?? {};
  const sqsClient = new SQSClient(local.clientConfig);
  const dynamodbClient = new DynamoDBClient(local.clientConfig);

  // WHEN
  for (const body of ['hello', 'poison']) {
    await sqsClient.send(new SendMessageCommand({ QueueUrl: outputs.queue, MessageBody: body }));
  }

  // THEN
  await vi.waitFor(async () => {
    const key = { pk: { S: 'hello' } };
    const { Item: item } = await dynamodbClient.send(
      new GetItemCommand({ TableName: outputs.table, Key: key }),
    );
    expect(item).toMatchObject(key);
  }, 10_000);
  const { Messages: dead } = await sqsClient.send(
    new ReceiveMessageCommand({ QueueUrl: outputs.dlq, WaitTimeSeconds: 10 }),
  );
  expect(dead?.map(({ Body }) => Body)).toEqual(['poison']);
  await new S3Client(local.clientConfig).send(
    new PutObjectCommand({ Bucket: outputs.bucket, Key: 'a', Body: 'b' }),
  );
});

test('tells what runs, with construct paths', async () => {
  const engine = await running({ assembly: (await shop()).synth().directory });
  expect(engine.queues.map(({ constructPath }) => constructPath)).toEqual(['Shop/Dlq', 'Shop/Queue']);
  expect(engine.tables).toMatchObject([{ constructPath: 'Shop/Table', name: engine.outputs.Shop?.table }]);
  expect(engine.functions.map(({ constructPath }) => constructPath)).toEqual(['Shop/Consumer']);
  expect(engine.eventSources).toMatchObject([
    { functionName: engine.functions[0]?.name, queueArn: engine.queues[1]?.arn },
  ]);
  expect(engine.clientEnvironment).toEqual({
    AWS_ENDPOINT_URL: engine.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
});

test('starts two engines side by side that know nothing of each other', async () => {
  const app = await shop();
  const assembly = app.synth().directory;
  const [one, other] = await Promise.all([running({ assembly }), running({ assembly })]);
  const key = { pk: { S: 'only in one' } };
  await new SQSClient(one.clientConfig).send(
    new SendMessageCommand({ QueueUrl: one.outputs.Shop?.queue, MessageBody: key.pk.S }),
  );
  const found = async ({ clientConfig, outputs }: typeof one) => {
    const get = new GetItemCommand({ TableName: outputs.Shop?.table, Key: key });
    return (await new DynamoDBClient(clientConfig).send(get)).Item;
  };
  await vi.waitFor(async () => expect(await found(one)).toBeDefined(), 10_000);
  expect(await found(other)).toBeUndefined();
});

test.each([
  ['Fn::ImportValue', 'strong'],
  ['Fn::GetStackOutput', 'weak'],
])('resolves references between stacks that CDK makes by %s', async (intrinsic, strength) => {
  const app = new App({
    outdir: await newFolder(),
    context: { '@aws-cdk/core:defaultCrossStackReferences': strength },
  });
  const queue = new sqs.Queue(new Stack(app, 'Queues'), 'Queue');
  const consumers = new Stack(app, 'Consumers');
  new CfnOutput(consumers, 'Url', { value: queue.queueUrl });
  const assembly = app.synth();
  expect(JSON.stringify(assembly.getStackByName('Consumers').template)).toContain(intrinsic);

  const engine = await running({ assembly: assembly.directory, stacks: ['Consumers'] });

  expect(engine.outputs.Consumers?.Url).toBe(engine.queues[0]?.url);
});
