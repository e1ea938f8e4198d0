import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { runningShop } from '../engine/running.ts';
import { FUNCTION, SESSION, type Shop, shopWhereWorkerMay } from './function-fixture.ts';

const TABLE = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'runs',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  },
};
const RESOURCES = {
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } },
  Table: TABLE,
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'images' } },
  Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } },
};

const denied = (action: string, resource: string) =>
  `User: ${SESSION} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;

const CALLS: readonly [
  service: string,
  call: (config: Shop['asFunction'], queueUrl: string) => Promise<unknown>,
  expected: object,
][] = [
  [
    'SQS',
    (config, QueueUrl) => new SQSClient(config).send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })),
    {
      name: 'AccessDenied',
      message: denied('sqs:sendmessage', 'arn:aws:sqs:us-east-1:000000000000:jobs'),
      $metadata: { httpStatusCode: 403, attempts: 1 },
    },
  ],
  [
    'DynamoDB',
    config =>
      new DynamoDBClient(config).send(new GetItemCommand({ TableName: 'runs', Key: { id: { S: '1' } } })),
    {
      name: 'AccessDeniedException',
      message: denied('dynamodb:GetItem', 'arn:aws:dynamodb:us-east-1:000000000000:table/runs'),
      $metadata: { httpStatusCode: 400, attempts: 1 },
    },
  ],
  [
    'S3',
    config =>
      new S3Client(config).send(new PutObjectCommand({ Bucket: 'images', Key: 'a/b c.png', Body: 'x' })),
    {
      name: 'AccessDenied',
      message: denied('s3:PutObject', '"arn:aws:s3:::images/a/b c.png"'),
      $metadata: { httpStatusCode: 403, attempts: 1 },
    },
  ],
  [
    'SNS',
    config =>
      new SNSClient(config).send(
        new PublishCommand({ TopicArn: 'arn:aws:sns:us-east-1:000000000000:news', Message: 'x' }),
      ),
    {
      name: 'AuthorizationErrorException',
      message: denied('SNS:Publish', 'arn:aws:sns:us-east-1:000000000000:news'),
      $metadata: { httpStatusCode: 403, attempts: 1 },
    },
  ],
  [
    'Lambda',
    invoke,
    {
      name: 'AccessDeniedException',
      message: denied('lambda:InvokeFunction', 'arn:aws:lambda:us-east-1:000000000000:function:worker'),
      $metadata: { httpStatusCode: 403 },
    },
  ],
];

/** As the SDK's client would, which the repository does without. */
async function invoke({ endpoint, credentials }: Shop['asFunction']): Promise<unknown> {
  const credential = `${credentials.accessKeyId}/20300101/us-east-1/lambda/aws4_request`;
  const response = await fetch(`${endpoint}/2015-03-31/functions/worker/invocations`, {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${credential}` },
  });
  const body: unknown = await response.json();
  if (response.ok) return body;
  const name = response.headers.get('x-amzn-errortype');
  throw Object.assign(new Error(), body, { name, $metadata: { httpStatusCode: response.status } });
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
test.each(
  CALLS,
)('%s denies what no policy allows, in its own error shape', async (_service, call, expected) => {
  const { engine, asFunction } = await shopWhereWorkerMay([], RESOURCES);
  await expect(call(asFunction, engine.queues[0]?.url ?? '')).rejects.toMatchObject(expected);
});

test.each(CALLS)('%s lets the developer do everything', async (_service, call) => {
  const { engine } = await shopWhereWorkerMay([], RESOURCES);
  await expect(call(engine.clientConfig, engine.queues[0]?.url ?? '')).resolves.toBeDefined();
});

test.each(CALLS)('%s lets everybody do everything while permissions are off', async (_service, call) => {
  const engine = await runningShop(
    {
      Resources: {
        ...RESOURCES,
        Worker: { ...FUNCTION, Properties: { ...FUNCTION.Properties, Role: 'any' } },
      },
    },
    { permissions: 'off' },
  );
  const credentials = { accessKeyId: 'function.worker', secretAccessKey: 'local' };
  const config = { ...engine.clientConfig, credentials };
  await expect(call(config, engine.queues[0]?.url ?? '')).resolves.toBeDefined();
});

test('a batch is refused as a whole, for want of the single action', async () => {
  const { engine, asFunction } = await shopWhereWorkerMay(
    [{ Effect: 'Allow', Action: 'sqs:SendMessageBatch', Resource: '*' }],
    RESOURCES,
  );
  const Entries = [{ Id: 'a', MessageBody: 'x' }];
  const sending = new SQSClient(asFunction).send(
    new SendMessageBatchCommand({ QueueUrl: engine.queues[0]?.url, Entries }),
  );
  await expect(sending).rejects.toThrow('is not authorized to perform: sqs:sendmessage on resource');
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
test('an object that is not there is denied to whoever may not list the bucket', async () => {
  const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
  const key = { Bucket: 'images', Key: 'missing' };
  const reader = await shopWhereWorkerMay([read], RESOURCES);
  const lister = await shopWhereWorkerMay(
    [{ ...read, Action: ['s3:GetObject', 's3:ListBucket'] }],
    RESOURCES,
  );

  const s3 = new S3Client(reader.asFunction);
  await expect(s3.send(new GetObjectCommand(key))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: denied('s3:ListBucket', '"arn:aws:s3:::images"'),
  });
  await expect(s3.send(new HeadObjectCommand(key))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 403 },
  });
  await expect(new S3Client(lister.asFunction).send(new GetObjectCommand(key))).rejects.toMatchObject({
    name: 'NoSuchKey',
  });
});
