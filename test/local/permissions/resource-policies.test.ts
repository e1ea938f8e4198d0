import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createFakeClock } from '../fake-clock.ts';
import { SESSION, type Shop, shopOf, shopWhereWorkerMay } from './function-fixture.ts';

const QUEUE = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } };
const SEND = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' };
const OVER_TLS_ONLY = {
  Effect: 'Deny',
  Principal: '*',
  Action: '*',
  Resource: '*',
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

function queuePolicy(...statements: object[]): object {
  const Properties = { Queues: [{ Ref: 'Queue' }], PolicyDocument: { Statement: statements } };
  return { Type: 'AWS::SQS::QueuePolicy', Properties };
}

function send({ engine, asFunction }: Shop) {
  const message = { QueueUrl: engine.queues[0]?.url, MessageBody: 'x' };
  return new SQSClient(asFunction).send(new SendMessageCommand(message));
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html
test('a queue allows the role that its policy names', async () => {
  const policy = queuePolicy({ ...SEND, Principal: { AWS: { 'Fn::GetAtt': ['Role', 'Arn'] } } });
  const shop = await shopWhereWorkerMay([], { Queue: QUEUE, Policy: policy });
  await expect(send(shop)).resolves.toBeDefined();
});

test('a queue that enforces TLS takes local calls for such', async () => {
  const shop = await shopWhereWorkerMay([SEND], { Queue: QUEUE, Policy: queuePolicy(OVER_TLS_ONLY) });
  await expect(send(shop)).resolves.toBeDefined();
});

test("a queue denies what the role's policy allows", async () => {
  const policy = queuePolicy({ ...SEND, Effect: 'Deny', Principal: { AWS: '*' } });
  const shop = await shopWhereWorkerMay([SEND], { Queue: QUEUE, Policy: policy });
  await expect(send(shop)).rejects.toThrow(
    `User: ${SESSION} is not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:us-east-1:000000000000:jobs with an explicit deny in a resource-based policy`,
  );
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html
test("a bucket's policy is about its objects", async () => {
  // GIVEN
  const statement = { Effect: 'Allow', Principal: '*', Action: 's3:PutObject' };
  const document = { Statement: [{ ...statement, Resource: 'arn:aws:s3:::images/uploads/*' }] };
  const { asFunction } = await shopWhereWorkerMay([], {
    Images: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'images' } },
    Policy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: { Bucket: { Ref: 'Images' }, PolicyDocument: document },
    },
  });
  const s3 = new S3Client(asFunction);
  const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket: 'images', Key, Body: 'x' }));

  // THEN
  await expect(put('uploads/a/b')).resolves.toBeDefined();
  await expect(put('avatars/a')).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(s3.send(new GetObjectCommand({ Bucket: 'images', Key: 'uploads/a/b' }))).rejects.toMatchObject(
    {
      name: 'AccessDenied',
    },
  );
});

const TOPIC = { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } };
const TOPIC_ARN = 'arn:aws:sns:us-east-1:000000000000:news';
const SUBSCRIPTION = {
  Type: 'AWS::SNS::Subscription',
  Properties: {
    TopicArn: { Ref: 'Topic' },
    Protocol: 'sqs',
    Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] },
    RawMessageDelivery: true,
  },
};

async function publishAndReceive(policy: object): Promise<(string | undefined)[]> {
  const { engine } = await shopWhereWorkerMay([], {
    Queue: QUEUE,
    Topic: TOPIC,
    Subscription: SUBSCRIPTION,
    Policy: policy,
  });
  await new SNSClient(engine.clientConfig).send(new PublishCommand({ TopicArn: TOPIC_ARN, Message: 'x' }));
  const received = await new SQSClient(engine.clientConfig).send(
    new ReceiveMessageCommand({ QueueUrl: engine.queues[0]?.url }),
  );
  return (received.Messages ?? []).map(({ Body }) => Body);
}

const FROM_TOPIC = {
  ...SEND,
  Principal: { Service: 'sns.amazonaws.com' },
  Condition: { ArnEquals: { 'aws:SourceArn': { Ref: 'Topic' } } },
};

// https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
test('a topic delivers to a queue whose policy lets SNS send for it', async () => {
  expect(await publishAndReceive(queuePolicy(FROM_TOPIC))).toEqual(['x']);
});

test('a topic does not deliver to a queue whose policy lets SNS send for another topic, and a warning tells', async () => {
  const emitWarning = vi.spyOn(process, 'emitWarning').mockReturnValue();
  onTestFinished(() => emitWarning.mockRestore());
  const Condition = { ArnEquals: { 'aws:SourceArn': `${TOPIC_ARN}-2` } };
  expect(await publishAndReceive(queuePolicy({ ...FROM_TOPIC, Condition }))).toEqual([]);
  expect(String(emitWarning.mock.calls[0]?.[0])).toContain(
    'User: sns.amazonaws.com is not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:us-east-1:000000000000:jobs because no resource-based policy allows',
  );
});

const ALARM = {
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmActions: [{ Ref: 'Topic' }],
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['Queue', 'QueueName'] } }],
    EvaluationPeriods: 1,
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Namespace: 'AWS/SQS',
    Period: 60,
    Statistic: 'Maximum',
    Threshold: 0,
  },
};

function topicPolicy(...statements: object[]): object {
  const Properties = { Topics: [{ Ref: 'Topic' }], PolicyDocument: { Statement: statements } };
  return { Type: 'AWS::SNS::TopicPolicy', Properties };
}

const FROM_ALARMS = {
  Effect: 'Allow',
  Principal: { Service: 'cloudwatch.amazonaws.com' },
  Action: 'sns:Publish',
  Resource: TOPIC_ARN,
  Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } },
};

test.each<[reaches: boolean, policy: string, resources: Record<string, object>]>([
  [true, 'no policy', {}],
  [true, 'a policy that lets CloudWatch publish', { Policy: topicPolicy(OVER_TLS_ONLY, FROM_ALARMS) }],
  [false, 'a policy that does not', { Policy: topicPolicy(OVER_TLS_ONLY) }],
])('an alarm reaches: %s, a topic with %s', async (reaches, _policy, resources) => {
  // GIVEN
  const emitWarning = vi.spyOn(process, 'emitWarning').mockReturnValue();
  onTestFinished(() => emitWarning.mockRestore());
  const clock = createFakeClock();
  const topics: string[] = [];
  const onNotification = ({ topicArn }: { topicArn: string }) => topics.push(topicArn);
  await shopOf({ Queue: QUEUE, Topic: TOPIC, Alarm: ALARM, ...resources }, { clock, onNotification });

  // WHEN
  clock.advance(60_000);

  // THEN
  expect(topics).toEqual(reaches ? [TOPIC_ARN] : []);
  if (!reaches)
    expect(String(emitWarning.mock.calls[0]?.[0])).toContain('User: cloudwatch.amazonaws.com is not');
});

// https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
test('a function may be called by the role that a permission of it names', async () => {
  const { asFunction } = await shopWhereWorkerMay([], {
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { 'Fn::GetAtt': ['Worker', 'Arn'] },
        Principal: { 'Fn::GetAtt': ['Role', 'Arn'] },
      },
    },
  });
  const credential = `${asFunction.credentials.accessKeyId}/20300101/us-east-1/lambda/aws4_request`;
  const response = await fetch(`${asFunction.endpoint}/2015-03-31/functions/worker/invocations`, {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${credential}` },
    body: '"hello"',
  });
  expect(await response.json()).toBe('hello');
});
