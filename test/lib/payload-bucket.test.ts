import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { expect, test } from 'vitest';
import { PayloadBucket } from '../../lib/index.ts';
import { allowed, newFunction, newQueue, newStack, newTask, queuesOf, statementsOf } from './stack.ts';

const BUCKET = 'AWS::S3::Bucket';

function setUp(props: ConstructorParameters<typeof PayloadBucket>[2] = {}) {
  const stack = newStack();
  const payloadBucket = new PayloadBucket(stack, 'Payloads', props);
  const queue = newQueue(stack, 'Email', { payloadBucket });
  return { stack, payloadBucket, queue, template: () => Template.fromStack(stack) };
}

test('the bucket is closed to the public, encrypted, kept, and emptied of what is 90 days old', () => {
  const template = setUp().template();

  template.hasResource(BUCKET, {
    UpdateReplacePolicy: 'Retain',
    DeletionPolicy: 'Retain',
    Properties: {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 90, Status: 'Enabled' }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      VersioningConfiguration: Match.absent(),
    },
  });
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: [
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ],
    },
  });
});

test('without a bucket, nobody is granted anything of S3', () => {
  const stack = newStack();
  newQueue(stack).grantManage(newFunction(stack));

  expect(JSON.stringify(Template.fromStack(stack))).not.toContain('s3:');
});

test('a producer may store what belongs to its queue, and no more', () => {
  const { stack, queue, template } = setUp();
  queue.grantSend(newFunction(stack));

  const lines = allowed(statementsOf(template(), 'ApiServiceRole')).filter(line => line.startsWith('s3:'));
  expect(lines).toEqual(['s3:PutObject on PayloadsBucket/EmailQueue/*']);
  expect(queuesOf(template(), 'Api')).toMatchObject([{ payloads: '<PayloadsBucket>' }]);
});

test('a reader is granted nothing of the bucket', () => {
  const { stack, queue, template } = setUp();
  queue.grantRead(newFunction(stack));

  expect(allowed(statementsOf(template(), 'ApiServiceRole')).join()).not.toContain('s3:');
});

test('the consumer may load, store and delete what belongs to its queue, and learns what is not there', () => {
  const { template } = setUp();

  const lines = allowed(statementsOf(template(), 'EmailConsumerRole')).filter(line => line.startsWith('s3:'));
  expect(lines).toEqual([
    's3:GetObject s3:PutObject s3:DeleteObject on PayloadsBucket/EmailQueue/*',
    's3:ListBucket on PayloadsBucket',
  ]);
});

test('whoever stores or loads under a key of one’s own may use it', () => {
  const stack = newStack();
  const payloadBucket = new PayloadBucket(stack, 'Payloads', {
    encryptionKey: new kms.Key(stack, 'BucketKey'),
  });
  newQueue(stack, 'Email', { payloadBucket }).grantSend(newFunction(stack));
  const template = Template.fromStack(stack);

  expect(allowed(statementsOf(template, 'ApiServiceRole'))).toContain('kms:GenerateDataKey on BucketKey');
  expect(allowed(statementsOf(template, 'EmailConsumerRole'))).toContain(
    'kms:GenerateDataKey kms:Decrypt on BucketKey',
  );
});

test('queues share a bucket, each under its own name', () => {
  const { stack, payloadBucket, template } = setUp();
  newQueue(stack, 'Images', { payloadBucket, tasks: [newTask({ name: 'resize' })] });

  expect(allowed(statementsOf(template(), 'ImagesConsumerRole')).join()).toContain(
    'PayloadsBucket/ImagesQueue/*',
  );
  template().resourceCountIs(BUCKET, 1);
});

test('an existing bucket is taken as it is', () => {
  const stack = newStack();
  const bucket = s3.Bucket.fromBucketName(stack, 'Old', 'old-bucket');
  const payloadBucket = new PayloadBucket(stack, 'Payloads', { bucket });
  newQueue(stack, 'Email', { payloadBucket });

  Template.fromStack(stack).resourceCountIs(BUCKET, 0);
  expect(
    () =>
      new PayloadBucket(stack, 'More', {
        bucket,
        expiration: Duration.days(1),
        removalPolicy: RemovalPolicy.DESTROY,
      }),
  ).toThrow(
    'Stack/More: expiration, removalPolicy must not be given with an existing bucket; set it on Stack/Old',
  );
});

test('fails when payloads could be gone before their redriven runs have ended', () => {
  expect(() => setUp({ expiration: Duration.days(37) })).toThrow(
    'Stack/Email: expiration of the payload bucket Stack/Payloads must be at least 38d, as long as a run of task ' +
      "'send-welcome-email' can wait in the queue, then be redriven, and wait there again, got 37d",
  );
  expect(() => setUp({ expiration: Duration.days(38) })).not.toThrow();
});
