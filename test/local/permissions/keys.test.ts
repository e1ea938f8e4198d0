import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { FUNCTION, roleWith, SESSION, type Shop, shopOf } from './function-fixture.ts';

const EVERYTHING = {
  Effect: 'Allow',
  Action: ['sqs:*', 'sns:*', 's3:*', 'dynamodb:*', 'secretsmanager:*'],
  Resource: '*',
};
const KEY_ARN = { 'Fn::GetAtt': ['Key', 'Arn'] };
const ROOT = { AWS: 'arn:aws:iam::000000000000:root' };
const LEFT_TO_ACCOUNT = { Effect: 'Allow', Principal: ROOT, Action: 'kms:*', Resource: '*' };

const ENCRYPTED = {
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs', KmsMasterKeyId: KEY_ARN } },
  Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'told', KmsMasterKeyId: { Ref: 'Key' } } },
  Bucket: {
    Type: 'AWS::S3::Bucket',
    Properties: {
      BucketName: 'files',
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY_ARN } },
        ],
      },
    },
  },
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'items',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: KEY_ARN },
    },
  },
  Secret: {
    Type: 'AWS::SecretsManager::Secret',
    Properties: { Name: 'secret', SecretString: 'x', KmsKeyId: KEY_ARN },
  },
};

interface Given {
  /** What the function's role may do with the key. */
  readonly role?: readonly string[];
  readonly policy?: readonly object[];
}

/** A function that may do everything with things that are encrypted, as far as the key goes. */
async function shop({ role = [], policy = [LEFT_TO_ACCOUNT] }: Given): Promise<Shop> {
  const actions = role.map(action => `kms:${action}`);
  const use = actions.length > 0 ? [{ Effect: 'Allow', Action: actions, Resource: KEY_ARN }] : [];
  return await shopOf({
    Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Statement: policy } } },
    Role: roleWith([EVERYTHING, ...use]),
    Worker: FUNCTION,
    ...ENCRYPTED,
  });
}

const queueOf = ({ engine }: Shop) => ({ QueueUrl: engine.queues[0]?.url });
const send = (given: Shop) =>
  new SQSClient(given.asFunction).send(new SendMessageCommand({ ...queueOf(given), MessageBody: 'x' }));
const receive = (given: Shop) =>
  new SQSClient(given.asFunction).send(new ReceiveMessageCommand(queueOf(given)));
const publish = (given: Shop) =>
  new SNSClient(given.asFunction).send(
    new PublishCommand({ TopicArn: given.engine.topics[0]?.arn, Message: 'x' }),
  );
const s3 = ({ asFunction }: Shop) => new S3Client({ ...asFunction, forcePathStyle: true });
const FILE = { Bucket: 'files', Key: 'file' };
const put = (given: Shop) => s3(given).send(new PutObjectCommand({ ...FILE, Body: 'x' }));
const get = (given: Shop) => s3(given).send(new GetObjectCommand(FILE));
const upload = async (given: Shop) => {
  const { UploadId } = await s3(given).send(new CreateMultipartUploadCommand(FILE));
  await s3(given).send(new UploadPartCommand({ ...FILE, UploadId, PartNumber: 1, Body: 'x' }));
};
const putItem = ({ asFunction }: Shop) =>
  new DynamoDBClient(asFunction).send(new PutItemCommand({ TableName: 'items', Item: { pk: { S: 'x' } } }));
const getItem = ({ asFunction }: Shop) =>
  new DynamoDBClient(asFunction).send(new GetItemCommand({ TableName: 'items', Key: { pk: { S: 'x' } } }));
const readSecret = ({ asFunction }: Shop) =>
  new SecretsManagerClient(asFunction).send(new GetSecretValueCommand({ SecretId: 'secret' }));

type Call = [name: string, call: (given: Shop) => Promise<unknown>, error: string, needed: readonly string[]];
const CALLS: readonly Call[] = [
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
  ['SendMessage', send, 'KmsAccessDenied', ['GenerateDataKey', 'Decrypt']],
  ['ReceiveMessage', receive, 'KmsAccessDenied', ['Decrypt']],
  // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
  ['Publish', publish, 'KMSAccessDeniedException', ['GenerateDataKey', 'Decrypt']],
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
  ['PutObject', put, 'AccessDenied', ['GenerateDataKey']],
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
  ['an upload in parts', upload, 'AccessDenied', ['GenerateDataKey', 'Decrypt']],
  // https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html
  ['PutItem', putItem, 'AccessDeniedException', ['Decrypt']],
  ['GetItem', getItem, 'AccessDeniedException', ['Decrypt']],
  // https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
  ['GetSecretValue', readSecret, 'AccessDeniedException', ['Decrypt']],
];

describe.each(CALLS)('%s', (_name, call, name, needed) => {
  test(`needs ${needed.join(' and ')} of the key`, async () => {
    await expect(call(await shop({ role: needed }))).resolves.not.toThrow();
  });

  test.each(needed)('is denied without %s', async missing => {
    const given = await shop({ role: needed.filter(action => action !== missing) });
    await expect(call(given)).rejects.toMatchObject({
      name,
      message: expect.stringMatching(
        `User: ${SESSION} is not authorized to perform: kms:${missing} on resource: "?arn:aws:kms:\\S+ because no ` +
          `identity-based policy allows the kms:${missing} action`,
      ),
    });
  });
});

test('GetObject needs Decrypt of the key', async () => {
  const given = await shop({ role: ['GenerateDataKey'] });
  await put(given);
  await expect(get(given)).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('a batch is one request: it is refused as a whole', async () => {
  const given = await shop({});
  const Entries = [{ Id: '1', MessageBody: 'x' }];
  const batch = new SendMessageBatchCommand({ ...queueOf(given), Entries });
  await expect(new SQSClient(given.asFunction).send(batch)).rejects.toMatchObject({
    name: 'KmsAccessDenied',
  });
});

// https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
describe("the key's policy", () => {
  test('allows a role that its own policies do not', async () => {
    const Principal = { AWS: { 'Fn::GetAtt': ['Role', 'Arn'] } };
    const allow = {
      Effect: 'Allow',
      Principal,
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Resource: '*',
    };
    await expect(send(await shop({ policy: [allow] }))).resolves.toBeDefined();
  });

  test("that does not leave it to the account makes a role's policies count for nothing", async () => {
    const administer = { ...LEFT_TO_ACCOUNT, Action: 'kms:Describe*' };
    const given = await shop({ role: ['GenerateDataKey', 'Decrypt'], policy: [administer] });
    await expect(send(given)).rejects.toMatchObject({ name: 'KmsAccessDenied' });
  });

  test('may allow it for one service alone', async () => {
    const via = (service: string) => ({
      ...LEFT_TO_ACCOUNT,
      Principal: { AWS: '*' },
      Condition: { StringEquals: { 'kms:ViaService': `${service}.us-east-1.amazonaws.com` } },
    });
    await expect(getItem(await shop({ policy: [via('dynamodb')] }))).resolves.toBeDefined();
    await expect(getItem(await shop({ policy: [via('sqs')] }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});

test("whoever has no account needs the key's own policy: a topic's messages for an encrypted queue", async () => {
  // GIVEN
  const warnings: string[] = [];
  const shopWith = async (...statements: object[]) => {
    const service = { Service: 'sns.amazonaws.com' };
    return await shopOf(
      {
        Key: {
          Type: 'AWS::KMS::Key',
          Properties: { KeyPolicy: { Statement: [LEFT_TO_ACCOUNT, ...statements] } },
        },
        Role: roleWith([EVERYTHING]),
        Worker: FUNCTION,
        Queue: ENCRYPTED.Queue,
        Topic: { Type: 'AWS::SNS::Topic' },
        Subscription: {
          Type: 'AWS::SNS::Subscription',
          Properties: {
            Protocol: 'sqs',
            TopicArn: { Ref: 'Topic' },
            Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] },
          },
        },
        Policy: {
          Type: 'AWS::SQS::QueuePolicy',
          Properties: {
            Queues: [{ Ref: 'Queue' }],
            PolicyDocument: {
              Statement: { Effect: 'Allow', Principal: service, Action: 'sqs:SendMessage', Resource: '*' },
            },
          },
        },
      },
      { onWarning: warning => warnings.push(warning) },
    );
  };
  const waiting = async ({ engine }: Shop) => {
    const { Messages = [] } = await new SQSClient(engine.clientConfig).send(
      new ReceiveMessageCommand(queueOf({ engine } as Shop)),
    );
    return Messages.length;
  };
  // WHEN
  const denied = await shopWith();
  await publish(denied);
  const Action = ['kms:GenerateDataKey', 'kms:Decrypt'];
  const allowed = await shopWith({
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action,
    Resource: '*',
  });
  await publish(allowed);
  // THEN
  expect([await waiting(denied), await waiting(allowed)]).toEqual([0, 1]);
});
