import { DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { App, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { expect, test } from 'vitest';
import type { ClientConfig } from '../../../local/client-config.ts';
import { running } from '../engine/running.ts';
import { newFolder } from '../engine/written-assembly.ts';

/** Synthesizes a stack with a function, runs it, and answers what makes clients call as the function does. */
async function run(define: (stack: Stack, api: lambda.Function) => void): Promise<ClientConfig> {
  const app = new App({ outdir: await newFolder() });
  const stack = new Stack(app, 'Shop');
  const api = new lambda.Function(stack, 'Api', {
    functionName: 'api',
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  });
  api.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE });
  define(stack, api);
  const engine = await running({
    assembly: app.synth().directory,
    onWarning(message) {
      throw new Error(message);
    },
  });
  return { ...engine.clientConfig, credentials: { accessKeyId: 'function.api', secretAccessKey: 'local' } };
}

const send = (config: ClientConfig) =>
  new SQSClient(config).send(
    new SendMessageCommand({ QueueUrl: `${config.endpoint}/000000000000/jobs`, MessageBody: 'x' }),
  );

test('a function without grantSendMessages is denied to send, one with it sends', async () => {
  const without = await run(stack => new sqs.Queue(stack, 'Queue', { queueName: 'jobs', enforceSSL: true }));
  const granted = await run((stack, api) =>
    new sqs.Queue(stack, 'Queue', { queueName: 'jobs', enforceSSL: true }).grantSendMessages(api),
  );
  await expect(send(without)).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(send(granted)).resolves.toMatchObject({ MessageId: expect.any(String) });
});

test('a grant of a prefix ends with the prefix', async () => {
  // GIVEN
  const config = await run((stack, api) => {
    const images = new s3.Bucket(stack, 'Images', { bucketName: 'images', enforceSSL: true });
    images.grantPut(api, 'uploads/*');
    images.grantRead(api, 'public/*');
  });
  const client = new S3Client(config);
  const put = (Key: string) => client.send(new PutObjectCommand({ Bucket: 'images', Key, Body: 'x' }));
  const get = (Key: string) => client.send(new GetObjectCommand({ Bucket: 'images', Key }));

  // THEN
  await expect(put('uploads/2030/a.png')).resolves.toBeDefined();
  await expect(put('public/a.png')).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(get('uploads/2030/a.png')).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(get('public/a.png')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

const QUERY = {
  TableName: 'runs',
  KeyConditionExpression: '#day = :day',
  ExpressionAttributeNames: { '#day': 'day' },
  ExpressionAttributeValues: { ':day': { S: 'monday' } },
};

function runTable(stack: Stack): dynamodb.TableV2 {
  return new dynamodb.TableV2(stack, 'Runs', {
    tableName: 'runs',
    partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
    globalSecondaryIndexes: [
      { indexName: 'by-day', partitionKey: { name: 'day', type: dynamodb.AttributeType.STRING } },
    ],
  });
}

test('a query of an index needs the permission for the index', async () => {
  const tableOnly = await run((stack, api) => {
    api.addToRolePolicy(
      new iam.PolicyStatement({ actions: ['dynamodb:Query'], resources: [runTable(stack).tableArn] }),
    );
  });
  const granted = await run((stack, api) => void runTable(stack).grantReadData(api));
  const query = (config: ClientConfig) =>
    new DynamoDBClient(config).send(new QueryCommand({ ...QUERY, IndexName: 'by-day' }));
  await expect(query(tableOnly)).rejects.toThrow(
    'dynamodb:Query on resource: arn:aws:dynamodb:us-east-1:000000000000:table/runs/index/by-day',
  );
  await expect(query(granted)).resolves.toMatchObject({ Items: [] });
});

test('a grant to read does not allow to write', async () => {
  const config = await run((stack, api) => void runTable(stack).grantReadData(api));
  const put = new PutItemCommand({ TableName: 'runs', Item: { id: { S: '1' } } });
  await expect(new DynamoDBClient(config).send(put)).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
