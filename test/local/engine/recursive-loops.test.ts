import { createRequire } from 'node:module';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test, vi } from 'vitest';
import type { Engine } from '../../../local/engine.ts';
import { eventually } from '../../eventually.ts';
import { createFakeClock } from '../fake-clock.ts';
import { runningShop } from './running.ts';

/** With the SDK of this repository, which puts the invocation's trace header on its requests as any SDK does. */
const SEND_AGAIN = `const { SQSClient, SendMessageCommand } = require(process.env.SDK);
  const sqs = new SQSClient({});
  exports.handler = async ({ Records }) => {
    const hop = Number(Records[0].body);
    console.log(hop);
    if (hop < 20) await sqs.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody: String(hop + 1) }));
  };`;

/** A function that sends each message on to its own queue; the first message is 1, the last would be 20. */
async function loop(properties: object) {
  const lines: string[] = [];
  const clock = createFakeClock();
  const engine = await runningShop(
    {
      Resources: {
        Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
        Queue: {
          Type: 'AWS::SQS::Queue',
          Properties: {
            QueueName: 'queue',
            VisibilityTimeout: 30,
            RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 1 },
          },
        },
        Fn: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            Code: { ZipFile: SEND_AGAIN },
            Handler: 'index.handler',
            Runtime: 'nodejs24.x',
            Timeout: 30,
            Environment: {
              Variables: {
                QUEUE: { Ref: 'Queue' },
                SDK: createRequire(import.meta.url).resolve('@aws-sdk/client-sqs'),
              },
            },
            ...properties,
          },
        },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
            FunctionName: { Ref: 'Fn' },
          },
        },
      },
    },
    { onLog: ({ text }) => lines.push(text), permissions: 'off', clock },
  );
  const sqs = new SQSClient(engine.clientConfig);
  const urlOf = (name: string) => engine.queues.find(queue => queue.name === name)?.url;
  await sqs.send(new SendMessageCommand({ QueueUrl: urlOf('queue'), MessageBody: '1' }));
  const waiting = async (name: string) => {
    const AttributeNames = ['ApproximateNumberOfMessages' as const];
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: urlOf(name), AttributeNames }),
    );
    return Attributes?.ApproximateNumberOfMessages;
  };
  return { lines, waiting, clock };
}

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
test('a chain of SQS and Lambda is stopped after sixteen invocations, and its message dead-lettered', async () => {
  const { lines, waiting, clock } = await loop({});
  const stopped = expect.stringContaining('Lambda stopped a recursive loop');
  const invoked = Array.from({ length: 16 }, (_, index) => String(index + 1));
  await vi.waitFor(() => expect(lines).toEqual([...invoked, stopped]), 30_000);
  expect(await waiting('dead')).toBe('0');
  clock.advance(30_000);
  await eventually(async () => expect(await waiting('dead')).toBe('1'));
});

test('a function that is allowed to may go on', async () => {
  const { lines, waiting } = await loop({ RecursiveLoop: 'Allow' });
  await vi.waitFor(() => expect(lines).toHaveLength(20), 20_000);
  expect(await waiting('dead')).toBe('0');
});

const resolveSdk = (service: string) => createRequire(import.meta.url).resolve(`@aws-sdk/client-${service}`);

/** A function that goes on by itself: the event of its first invocation has hop 1, the last would be 20. */
const ONWARD = {
  SNS: {
    code: `const { SNSClient, PublishCommand } = require(process.env.SDK);
      const client = new SNSClient({});
      const hopOf = event => Number(event.Records[0].Sns.Message);
      const goOn = hop => client.send(new PublishCommand({ TopicArn: process.env.TOPIC, Message: String(hop) }));`,
    sdk: resolveSdk('sns'),
    begin: ({ clientConfig, topics }: Engine) =>
      new SNSClient(clientConfig).send(new PublishCommand({ TopicArn: topics[0]?.arn, Message: '1' })),
  },
  Invoke: {
    code: `const { LambdaClient, InvokeCommand } = require(process.env.SDK);
      const client = new LambdaClient({});
      const hopOf = event => event.hop;
      const goOn = (hop, FunctionName) =>
        client.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify({ hop }) }));`,
    sdk: resolveSdk('lambda'),
    begin: ({ clientConfig }: Engine) =>
      new LambdaClient(clientConfig).send(
        new InvokeCommand({ FunctionName: 'onward', InvocationType: 'Event', Payload: '{"hop":1}' }),
      ),
  },
};

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
test.each([
  'SNS',
  'Invoke',
] as const)('a chain of %s and Lambda is stopped after sixteen invocations', async way => {
  const { code, sdk, begin } = ONWARD[way];
  const lines: string[] = [];
  const handler = `exports.handler = async (event, { functionName }) => {
    const hop = hopOf(event);
    console.log(hop);
    if (hop < 20) await goOn(hop + 1, functionName);
  };`;
  const engine = await runningShop(
    {
      Resources: {
        Topic: { Type: 'AWS::SNS::Topic' },
        Fn: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            FunctionName: 'onward',
            Code: { ZipFile: `${code}\n${handler}` },
            Handler: 'index.handler',
            Runtime: 'nodejs24.x',
            Timeout: 30,
            Environment: { Variables: { TOPIC: { Ref: 'Topic' }, SDK: sdk } },
          },
        },
        Subscription: {
          Type: 'AWS::SNS::Subscription',
          Properties: {
            Protocol: 'lambda',
            TopicArn: { Ref: 'Topic' },
            Endpoint: { 'Fn::GetAtt': ['Fn', 'Arn'] },
          },
        },
      },
    },
    { onLog: ({ text }) => lines.push(text), permissions: 'off' },
  );
  await begin(engine);
  const invoked = Array.from({ length: 16 }, (_, index) => String(index + 1));
  const stopped = expect.stringContaining('Lambda stopped a recursive loop');
  await vi.waitFor(() => expect(lines).toEqual([...invoked, stopped]), 30_000);
});
