import { DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { runningShop } from './running.ts';

const TABLE = {
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: ['pk', 'sk', 'other'].map(name => ({ AttributeName: name, AttributeType: 'S' })),
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-other',
      KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['status'] },
    },
  ],
  TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
};
const CODE = { 'code.zip': 'exports.handler = async () => "hello";' };
const FUNCTION = {
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: 'assets', S3Key: 'code.zip' },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: 'arn:aws:iam::000000000000:role/any',
  },
};

/** Starts the resources and answers `Ref` and the given attributes of `Thing`. */
async function answersOf(resources: Record<string, object>, attributes: readonly string[]) {
  const engine = await runningShop(
    {
      Resources: resources,
      Outputs: {
        Ref: { Value: { Ref: 'Thing' } },
        ...Object.fromEntries(attributes.map(name => [name, { Value: { 'Fn::GetAtt': ['Thing', name] } }])),
      },
    },
    { assets: CODE },
  );
  return { engine, answers: engine.outputs.Shop ?? {} };
}

test('creates a queue with its attributes; Ref is its URL', async () => {
  const { engine, answers } = await answersOf(
    {
      Dlq: { Type: 'AWS::SQS::Queue' },
      Thing: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          VisibilityTimeout: '45',
          DelaySeconds: 3,
          RedrivePolicy: { maxReceiveCount: 4, deadLetterTargetArn: { 'Fn::GetAtt': ['Dlq', 'Arn'] } },
        },
      },
    },
    ['Arn', 'QueueName', 'QueueUrl'],
  );
  const [dlq] = engine.queues;
  const sqs = new SQSClient(engine.clientConfig);
  const { Attributes: actual } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: answers.Ref, AttributeNames: ['All'] }),
  );

  expect(answers.QueueName).toMatch(/^Shop-Thing-[0-9a-f]{12}$/);
  expect(answers.Arn).toBe(`arn:aws:sqs:us-east-1:000000000000:${answers.QueueName}`);
  expect(answers.QueueUrl).toBe(answers.Ref);
  expect(actual).toMatchObject({ VisibilityTimeout: '45', DelaySeconds: '3', QueueArn: answers.Arn });
  expect(JSON.parse(actual?.RedrivePolicy ?? '')).toEqual({
    maxReceiveCount: 4,
    deadLetterTargetArn: dlq?.arn,
  });
});

test('gives a FIFO queue without a name the suffix that SQS asks for', async () => {
  const { answers } = await answersOf(
    { Thing: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true, ContentBasedDeduplication: true } } },
    ['QueueName'],
  );
  expect(answers.QueueName).toMatch(/^Shop-Thing-[0-9a-f]{12}\.fifo$/);
});

test.each([
  ['AWS::DynamoDB::Table', {}],
  ['AWS::DynamoDB::GlobalTable', { Replicas: [{ Region: { Ref: 'AWS::Region' } }] }],
])('creates %s with its keys, indexes and time to live; Ref is its name', async (type, more) => {
  const { engine, answers } = await answersOf({ Thing: { Type: type, Properties: { ...TABLE, ...more } } }, [
    'Arn',
  ]);
  const dynamodb = new DynamoDBClient(engine.clientConfig);
  const { Table: table } = await dynamodb.send(new DescribeTableCommand({ TableName: answers.Ref }));
  const { TimeToLiveDescription: ttl } = await dynamodb.send(
    new DescribeTimeToLiveCommand({ TableName: answers.Ref }),
  );
  expect(table).toMatchObject({
    TableArn: answers.Arn,
    KeySchema: TABLE.KeySchema,
    GlobalSecondaryIndexes: [{ IndexName: 'by-other', Projection: { NonKeyAttributes: ['status'] } }],
  });
  expect(ttl).toEqual({ AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' });
});

test('creates a bucket; Ref is its name', async () => {
  const { engine, answers } = await answersOf({ Thing: { Type: 'AWS::S3::Bucket' } }, [
    'Arn',
    'RegionalDomainName',
  ]);
  expect(answers.Ref).toMatch(/^shop-thing-[0-9a-f]{12}$/);
  expect(answers.Arn).toBe(`arn:aws:s3:::${answers.Ref}`);
  expect(answers.RegionalDomainName).toBe(`${answers.Ref}.s3.us-east-1.amazonaws.com`);
  await new S3Client(engine.clientConfig).send(new HeadBucketCommand({ Bucket: answers.Ref }));
});

test('creates a topic and records its e-mail subscription; Ref is its ARN', async () => {
  const { engine, answers } = await answersOf(
    {
      Thing: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'Ops' } },
      Mail: {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn: { Ref: 'Thing' }, Protocol: 'email', Endpoint: 'ops@example.org' },
      },
    },
    ['TopicArn', 'TopicName'],
  );
  expect(answers.Ref).toBe(`arn:aws:sns:us-east-1:000000000000:${answers.TopicName}`);
  expect(engine.topics.map(({ arn }) => arn)).toEqual([answers.Ref]);
});

test('creates a function whose URL answers; Ref is its name', async () => {
  const { engine, answers } = await answersOf(
    {
      Thing: FUNCTION,
      Url: {
        Type: 'AWS::Lambda::Url',
        Properties: { AuthType: 'NONE', TargetFunctionArn: { 'Fn::GetAtt': ['Thing', 'Arn'] } },
      },
    },
    ['Arn'],
  );
  const [url] = engine.functionUrls;
  expect(answers.Arn).toBe(`arn:aws:lambda:us-east-1:000000000000:function:${answers.Ref}`);
  expect(url?.functionName).toBe(answers.Ref);
  expect(await (await fetch(url?.url ?? '')).text()).toBe('"hello"');
});

test('gives functions their variables, and those that every function gets', async () => {
  const source = 'exports.handler = async () => process.env.OWN + process.env.REPLACED + process.env.ADDED;';
  const engine = await runningShop(
    {
      Resources: {
        Fn: {
          ...FUNCTION,
          Properties: {
            ...FUNCTION.Properties,
            Code: { ZipFile: source },
            Environment: { Variables: { OWN: 'a', REPLACED: 'x' } },
          },
        },
        Url: { Type: 'AWS::Lambda::Url', Properties: { AuthType: 'NONE', TargetFunctionArn: { Ref: 'Fn' } } },
      },
    },
    { environment: { REPLACED: 'b', ADDED: 'c' } },
  );
  expect(await (await fetch(engine.functionUrls[0]?.url ?? '')).text()).toBe('"abc"');
  expect(engine.functions[0]?.environment).toEqual({ OWN: 'a', REPLACED: 'x' });
});

test('lists alarms with what they would notify', async () => {
  const { engine, answers } = await answersOf(
    {
      Topic: { Type: 'AWS::SNS::Topic' },
      Thing: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmDescription: 'dead letters',
          AlarmActions: [{ Ref: 'Topic' }],
          Threshold: 1,
          EvaluationPeriods: 1,
          ComparisonOperator: 'GreaterThanThreshold',
        },
      },
    },
    ['Arn'],
  );
  expect(engine.alarms).toMatchObject([
    { name: answers.Ref, description: 'dead letters', actions: [engine.topics[0]?.arn], logicalId: 'Thing' },
  ]);
  expect(answers.Arn).toBe(`arn:aws:cloudwatch:us-east-1:000000000000:alarm:${answers.Ref}`);
});

test.each<[type: string, properties: object, expected: Record<string, unknown>]>([
  ['AWS::KMS::Key', {}, { Arn: expect.stringMatching(/^arn:aws:kms:us-east-1:000000000000:key\//) }],
  [
    'AWS::Logs::LogGroup',
    { LogGroupName: '/a' },
    { Ref: '/a', Arn: 'arn:aws:logs:us-east-1:000000000000:log-group:/a:*' },
  ],
  ['AWS::EC2::SecurityGroup', { VpcId: 'vpc-1' }, { GroupId: expect.any(String), VpcId: 'vpc-1' }],
])('accepts %s, which has no effect here, and answers Ref and Fn::GetAtt', async (type, properties, expected) => {
  const attributes = Object.keys(expected).filter(name => name !== 'Ref');
  const { answers } = await answersOf({ Thing: { Type: type, Properties: properties } }, attributes);
  expect(answers).toMatchObject(expected);
});
