import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { App, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as notifications from 'aws-cdk-lib/aws-s3-notifications';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { expect, test } from 'vitest';
import { running } from '../engine/running.ts';
import { newFolder } from '../engine/written-assembly.ts';
import { ACCOUNT, bodiesFrom, rule, startEvents } from './rules-fixture.ts';

const bucket = (NotificationConfiguration?: object) => ({
  Type: 'AWS::S3::Bucket',
  Properties: { BucketName: 'photos', ...(NotificationConfiguration && { NotificationConfiguration }) },
});
const TOLD = { EventBridgeConfiguration: { EventBridgeEnabled: true } };
const OF_S3 = rule({}, { EventPattern: { source: ['aws.s3'] } });
const at = (Key: string) => ({ Bucket: 'photos', Key });

async function startPhotos(configuration?: object) {
  const fixture = await startEvents({ Photos: bucket(configuration), Rule: OF_S3 });
  return { ...fixture, s3: new S3Client(fixture.engine.clientConfig) };
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
test('an object that is put is told as S3 documents it', async () => {
  const { s3, bodies } = await startPhotos(TOLD);

  await s3.send(new PutObjectCommand({ ...at('2026/a b+é.txt'), Body: 'hello' }));

  expect(await bodies('queue')).toEqual([
    {
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Object Created',
      source: 'aws.s3',
      account: ACCOUNT,
      time: '2026-11-25T12:00:30Z',
      region: 'us-east-1',
      resources: ['arn:aws:s3:::photos'],
      detail: {
        version: '0',
        bucket: { name: 'photos' },
        object: {
          key: '2026/a b+é.txt',
          size: 5,
          etag: '5d41402abc4b2a76b9719d911017c592',
          sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
        },
        'request-id': expect.any(String),
        requester: ACCOUNT,
        'source-ip-address': '127.0.0.1',
        reason: 'PutObject',
      },
    },
  ]);
});

test('an object that is deleted is told, and one that was not there is not', async () => {
  const { s3, bodies } = await startPhotos(TOLD);
  await s3.send(new PutObjectCommand({ ...at('a'), Body: 'hello' }));
  await s3.send(new PutObjectCommand({ ...at('b'), Body: 'hello' }));
  await bodies('queue');

  await s3.send(new DeleteObjectCommand(at('a')));
  await s3.send(new DeleteObjectCommand(at('a')));
  await s3.send(
    new DeleteObjectsCommand({ Bucket: 'photos', Delete: { Objects: [{ Key: 'b' }, { Key: 'c' }] } }),
  );

  const deleted = (key: string) => ({
    'detail-type': 'Object Deleted',
    detail: {
      object: { key, sequencer: expect.any(String) },
      reason: 'DeleteObject',
      'deletion-type': 'Permanently Deleted',
    },
  });
  expect(await bodies('queue')).toMatchObject([deleted('a'), deleted('b')]);
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html
test('copies and completed uploads say that they are such, and sequencers grow', async () => {
  const { s3, bodies } = await startPhotos(TOLD);

  await s3.send(new PutObjectCommand({ ...at('a'), Body: 'hello' }));
  await s3.send(new CopyObjectCommand({ ...at('b'), CopySource: 'photos/a' }));
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(at('c')));
  const { ETag } = await s3.send(new UploadPartCommand({ ...at('c'), UploadId, PartNumber: 1, Body: 'hi' }));
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await s3.send(new CompleteMultipartUploadCommand({ ...at('c'), UploadId, MultipartUpload }));
  await s3.send(new PutObjectCommand({ ...at('d'), Body: 'hello' }));

  const told = (await bodies('queue')) as { detail: { reason: string; object: { sequencer: string } } }[];
  expect(told.map(({ detail }) => detail.reason)).toEqual([
    'PutObject',
    'CopyObject',
    'CompleteMultipartUpload',
    'PutObject',
  ]);
  const sequencers = told.map(({ detail }) => detail.object.sequencer);
  expect([...sequencers].sort()).toEqual(sequencers);
  expect(new Set(sequencers).size).toBe(4);
});

test.each([
  ['says nothing of it', undefined],
  ['says no', { EventBridgeConfiguration: { EventBridgeEnabled: false } }],
])('a bucket whose template %s is not told of', async (_, configuration) => {
  const { s3, bodies } = await startPhotos(configuration);

  await s3.send(new PutObjectCommand({ ...at('a'), Body: 'hello' }));

  expect(await bodies('queue')).toEqual([]);
});

test('what is written on condition and refused is not told', async () => {
  const { s3, bodies } = await startPhotos(TOLD);
  await s3.send(new PutObjectCommand({ ...at('a'), Body: 'hello' }));
  await bodies('queue');

  await expect(
    s3.send(new PutObjectCommand({ ...at('a'), Body: 'again', IfNoneMatch: '*' })),
  ).rejects.toThrow();

  expect(await bodies('queue')).toEqual([]);
});

test('notifications of another kind stop the start', async () => {
  await expect(startPhotos({ QueueConfigurations: [] })).rejects.toThrow(
    /Shop\/Photos.*QueueConfigurations is not supported/,
  );
});

async function synthesized(build: (stack: Stack) => void) {
  const app = new App({ outdir: await newFolder() });
  build(new Stack(app, 'Shop'));
  return running({ assembly: app.synth().directory, permissions: 'on' });
}

test('eventBridgeEnabled of CDK, a custom resource with a function in Python, tells a rule of CDK', async () => {
  const engine = await synthesized(stack => {
    const uploads = new s3.Bucket(stack, 'Uploads', { bucketName: 'uploads', eventBridgeEnabled: true });
    new events.Rule(stack, 'Created', {
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [uploads.bucketName] }, object: { key: events.Match.suffix('.png') } },
      },
      targets: [
        new targets.SqsQueue(new sqs.Queue(stack, 'Queue', { queueName: 'queue' }), {
          message: events.RuleTargetInput.fromObject({
            key: events.EventField.fromPath('$.detail.object.key'),
            size: events.EventField.fromPath('$.detail.object.size'),
            text: `at ${events.EventField.time}`,
          }),
        }),
      ],
    });
  });
  const client = new S3Client(engine.clientConfig);
  for (const Key of ['a.png', 'b.txt'])
    await client.send(new PutObjectCommand({ Bucket: 'uploads', Key, Body: 'hello' }));

  expect(await bodiesFrom(engine, 'queue')).toEqual([
    { key: 'a.png', size: 5, text: expect.stringMatching(/^at 20\d\d-.*Z$/) },
  ]);
  expect(engine.functions).toEqual([]);
});

test('notifications of CDK to a function stop the start, named', async () => {
  const started = synthesized(stack => {
    const uploads = new s3.Bucket(stack, 'Uploads');
    const worker = new lambda.Function(stack, 'Worker', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => {}'),
    });
    uploads.addObjectCreatedNotification(new notifications.LambdaDestination(worker));
  });

  await expect(started).rejects.toThrow(
    /Custom::S3BucketNotifications.*LambdaFunctionConfigurations is not supported/,
  );
});
