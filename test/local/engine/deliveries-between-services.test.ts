import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test, vi } from 'vitest';
import { runningShop } from './running.ts';

const queue = (QueueName: string) => ({ Type: 'AWS::SQS::Queue', Properties: { QueueName } });
const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
const fn = (source: string, properties: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Code: { ZipFile: source }, Handler: 'index.handler', Runtime: 'nodejs24.x', ...properties },
});
const subscription = (Protocol: string, logicalId: string, properties: object = {}) => ({
  Type: 'AWS::SNS::Subscription',
  Properties: { TopicArn: { Ref: 'Topic' }, Protocol, Endpoint: arnOf(logicalId), ...properties },
});
const TOPIC = { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'orders' } };

async function shop(resources: object) {
  const lines: string[] = [];
  const engine = await runningShop(
    { Resources: resources },
    { onLog: ({ text }) => lines.push(text), permissions: 'off' },
  );
  const sqs = new SQSClient(engine.clientConfig);
  const received = async (name: string): Promise<Message[]> => {
    const QueueUrl = engine.queues.find(one => one.name === name)?.url;
    const all = { MessageAttributeNames: ['All'], WaitTimeSeconds: 10 };
    return (await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...all }))).Messages ?? [];
  };
  return { engine, lines, received };
}

// https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
test('a topic delivers to queues, as a document or raw, and to functions', async () => {
  // GIVEN
  const { engine, lines, received } = await shop({
    Topic: TOPIC,
    Queue: queue('queue'),
    Raw: queue('raw'),
    Fn: fn('exports.handler = async event => console.log(JSON.stringify(event));'),
    ToQueue: subscription('sqs', 'Queue'),
    ToRaw: subscription('sqs', 'Raw', { RawMessageDelivery: true }),
    ToFn: subscription('lambda', 'Fn'),
  });
  const TopicArn = engine.topics[0]?.arn;
  // WHEN
  const { MessageId } = await new SNSClient(engine.clientConfig).send(
    new PublishCommand({
      TopicArn,
      MessageStructure: 'json',
      Message: JSON.stringify({ default: 'for all', lambda: 'for functions' }),
      Subject: 'New',
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'book' } },
    }),
  );
  // THEN
  const common = {
    Type: 'Notification',
    MessageId,
    TopicArn,
    Subject: 'New',
    Timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    MessageAttributes: { kind: { Type: 'String', Value: 'book' } },
  };
  const [document] = await received('queue');
  expect(JSON.parse(document?.Body ?? '')).toMatchObject({ ...common, Message: 'for all' });
  expect(document?.MessageAttributes).toBeUndefined();
  expect(await received('raw')).toMatchObject([
    { Body: 'for all', MessageAttributes: { kind: { DataType: 'String', StringValue: 'book' } } },
  ]);
  await vi.waitFor(() => expect(lines).toHaveLength(1), 10_000);
  expect(JSON.parse(lines[0] ?? '').Records).toMatchObject([
    { EventSource: 'aws:sns', EventVersion: '1.0', Sns: { ...common, Message: 'for functions' } },
  ]);
});

// https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
test('a message that a queue does not take goes to the dead-letter queue of its subscription', async () => {
  const { engine, received } = await shop({
    Topic: TOPIC,
    Small: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'small', MaximumMessageSize: 1024 } },
    Dead: queue('dead'),
    ToSmall: subscription('sqs', 'Small', {
      RawMessageDelivery: true,
      RedrivePolicy: { deadLetterTargetArn: arnOf('Dead') },
    }),
  });
  const Message = 'x'.repeat(1025);
  const TopicArn = engine.topics[0]?.arn;
  await new SNSClient(engine.clientConfig).send(new PublishCommand({ TopicArn, Message }));
  expect(await received('dead')).toMatchObject([{ Body: Message }]);
});

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
test('what becomes of asynchronous invocations goes where the template says', async () => {
  // GIVEN a function that fails, invoked by a topic, and one that takes the record of it
  const { engine, lines, received } = await shop({
    Topic: TOPIC,
    Dead: queue('dead'),
    Done: queue('done'),
    Failing: fn("exports.handler = async () => { throw new RangeError('no'); };", {
      DeadLetterConfig: { TargetArn: arnOf('Dead') },
    }),
    Told: fn(
      'exports.handler = async record => { console.log(record.requestContext.condition); return 1; };',
    ),
    ToFailing: subscription('lambda', 'Failing'),
    FailingConfig: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'Failing' },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Destination: arnOf('Told') } },
      },
    },
    ToldConfig: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'Told' },
        Qualifier: '$LATEST',
        DestinationConfig: { OnSuccess: { Destination: arnOf('Done') } },
      },
    },
  });
  // WHEN
  const TopicArn = engine.topics[0]?.arn;
  await new SNSClient(engine.clientConfig).send(new PublishCommand({ TopicArn, Message: 'hello' }));
  // THEN
  const [dead] = await received('dead');
  expect(JSON.parse(dead?.Body ?? '').Records[0].Sns.Message).toBe('hello');
  expect(dead?.MessageAttributes?.ErrorMessage?.StringValue).toBe('no');
  const [done] = await received('done');
  expect(JSON.parse(done?.Body ?? '')).toMatchObject({
    requestContext: { condition: 'Success' },
    requestPayload: { requestContext: { condition: 'RetriesExhausted' } },
    responsePayload: 1,
  });
  expect(lines).toContain('RetriesExhausted');
});

test.each([
  ['a destination that is a bucket', { OnFailure: { Destination: 'arn:aws:s3:::b' } }, 'got arn:aws:s3:::b'],
  [
    'a destination that is an event bus',
    { OnFailure: { Destination: 'arn:aws:events:us-east-1:1:event-bus/b' } },
    'must be a queue, a topic or a function',
  ],
  ['a FIFO queue', { OnSuccess: { Destination: arnOf('Fifo') } }, 'standard queues only'],
])('%s stops the start', async (_what, DestinationConfig, message) => {
  const started = shop({
    Fifo: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } },
    Fn: fn('exports.handler = async () => {};'),
    Config: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: { FunctionName: { Ref: 'Fn' }, Qualifier: '$LATEST', DestinationConfig },
    },
  });
  await expect(started).rejects.toThrow(message);
});
