import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../eventually.ts';
import { createFakeClock, type FakeClock } from '../fake-clock.ts';
import { runningShop } from './running.ts';

const MINUTE_MS = 60_000;
const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
const queue = (QueueName: string) => ({ Type: 'AWS::SQS::Queue', Properties: { QueueName } });
const HANDLER = `exports.handler = async event => {
  console.log('invoked');
  if (event.fail) throw new RangeError('no');
  return { done: event.order };
};`;

/** The function `fn`, whose invocations leave records in `done`, `failed` and `dead`; time passes by the test alone. */
async function shop(settings: object = {}) {
  const clock = createFakeClock();
  const invokedAt: number[] = [];
  const failedAt: number[] = [];
  const startedAt = clock.now();
  const engine = await runningShop(
    {
      Resources: {
        Done: queue('done'),
        Failed: queue('failed'),
        Dead: queue('dead'),
        Fn: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            FunctionName: 'fn',
            Code: { ZipFile: HANDLER },
            Handler: 'index.handler',
            Runtime: 'nodejs24.x',
            DeadLetterConfig: { TargetArn: arnOf('Dead') },
          },
        },
        Config: {
          Type: 'AWS::Lambda::EventInvokeConfig',
          Properties: {
            FunctionName: { Ref: 'Fn' },
            Qualifier: '$LATEST',
            DestinationConfig: {
              OnSuccess: { Destination: arnOf('Done') },
              OnFailure: { Destination: arnOf('Failed') },
            },
            ...settings,
          },
        },
      },
    },
    {
      clock,
      onLog({ text, at }) {
        if (text === 'invoked') invokedAt.push(at - startedAt);
        if (text === 'RangeError: no') failedAt.push(at - startedAt);
      },
    },
  );
  const lambda = new LambdaClient(engine.clientConfig);
  const sqs = new SQSClient(engine.clientConfig);
  onTestFinished(() => {
    lambda.destroy();
    sqs.destroy();
  });
  return {
    clock,
    invokedAt,
    async accept(event: object) {
      const command = {
        FunctionName: 'fn',
        InvocationType: 'Event',
        Payload: JSON.stringify(event),
      } as const;
      expect(await lambda.send(new InvokeCommand(command))).toMatchObject({ StatusCode: 202 });
    },
    /** Waits for that many failed attempts. */
    failed: (attempts: number) => eventually(() => expect(failedAt).toHaveLength(attempts)),
    /** Leaves them visible, so that no timer is set. */
    async received(name: string) {
      const QueueUrl = engine.queues.find(one => one.name === name)?.url;
      const input = {
        QueueUrl,
        MessageAttributeNames: ['All'],
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
      };
      return (await sqs.send(new ReceiveMessageCommand(input))).Messages ?? [];
    },
  };
}

/** What has a timer is the retention of queues, of four days, and no retry. */
function expectNoRetry(clock: FakeClock): void {
  expect((clock.nextDueAt() ?? Number.POSITIVE_INFINITY) - clock.now()).toBeGreaterThan(24 * 60 * MINUTE_MS);
}

/** Lets time pass once the retry is planned: nothing else in these stacks has a timer that long. */
async function passUntilRetry(clock: FakeClock, ms: number) {
  await eventually(() => expect(clock.nextDueAt()).toBe(clock.now() + ms));
  clock.advance(ms);
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-async-destinations */
const failureRecord = (condition: string, approximateInvokeCount: number, payload: object) => ({
  version: '1.0',
  timestamp: expect.stringMatching(/^2030-01-01T00:0\d:00\.000Z$/),
  requestContext: {
    requestId: expect.stringMatching(/^[\da-f-]{36}$/),
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:fn:$LATEST',
    condition,
    approximateInvokeCount,
  },
  requestPayload: payload,
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  responsePayload: {
    errorType: 'RangeError',
    errorMessage: 'no',
    trace: expect.arrayContaining(['RangeError: no']),
  },
});

test('an event that succeeds leaves a record of it at its destination, and nothing elsewhere', async () => {
  const { accept, invokedAt, received, clock } = await shop();
  await accept({ order: 7 });
  const [record] = await arrived(received, 'done');
  expect(JSON.parse(record?.Body ?? '')).toEqual({
    ...failureRecord('Success', 1, { order: 7 }),
    responseContext: { statusCode: 200, executedVersion: '$LATEST' },
    responsePayload: { done: 7 },
  });
  expect(invokedAt).toEqual([0]);
  expectNoRetry(clock);
  expect([await received('failed'), await received('dead')]).toEqual([[], []]);
});

// "If the function returns an error, Lambda attempts to run it two more times, with a one-minute wait between the first
// two attempts, and two minutes between the second and third attempts."
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
test('an event that fails is invoked again after one and two minutes, and then recorded as failed', async () => {
  // GIVEN
  const { accept, invokedAt, failed, received, clock } = await shop();
  const event = { fail: true, order: 7 };
  // WHEN
  await accept(event);
  await failed(1);
  await passUntilRetry(clock, MINUTE_MS);
  await failed(2);
  expect([await received('failed'), await received('dead')]).toEqual([[], []]);
  await passUntilRetry(clock, 2 * MINUTE_MS);
  await failed(3);
  // THEN
  const [record, ...others] = await arrived(received, 'failed');
  expect(others).toEqual([]);
  const { requestContext, ...rest } = JSON.parse(record?.Body ?? '');
  expect({ requestContext, ...rest }).toEqual(failureRecord('RetriesExhausted', 3, event));
  expect(invokedAt).toEqual([0, MINUTE_MS, 3 * MINUTE_MS]);
  expectNoRetry(clock);
  // The dead-letter queue gets the event itself, and the error as attributes:
  // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
  const [dead] = await arrived(received, 'dead');
  expect(JSON.parse(dead?.Body ?? '')).toEqual(event);
  expect(dead?.MessageAttributes).toEqual({
    RequestID: { DataType: 'String', StringValue: requestContext.requestId },
    ErrorCode: { DataType: 'Number', StringValue: '200' },
    ErrorMessage: { DataType: 'String', StringValue: 'no' },
  });
  expect(await received('done')).toEqual([]);
});

test('an event that may not be retried is recorded as failed at once', async () => {
  const { accept, failed, received, clock } = await shop({ MaximumRetryAttempts: 0 });
  await accept({ fail: true });
  await failed(1);
  const [record] = await arrived(received, 'failed');
  expect(JSON.parse(record?.Body ?? '')).toEqual(failureRecord('RetriesExhausted', 1, { fail: true }));
  expect(await arrived(received, 'dead')).toHaveLength(1);
  expectNoRetry(clock);
});

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
test('an event is not invoked again once that would be past its maximum age', async () => {
  // GIVEN an age between the first retry, after one minute, and the second, after three
  const { accept, failed, invokedAt, received, clock } = await shop({ MaximumEventAgeInSeconds: 179 });
  // WHEN
  await accept({ fail: true });
  await failed(1);
  await passUntilRetry(clock, MINUTE_MS);
  await failed(2);
  // THEN
  const [record] = await arrived(received, 'failed');
  expect(JSON.parse(record?.Body ?? '')).toEqual(failureRecord('EventAgeExceeded', 2, { fail: true }));
  expect(await arrived(received, 'dead')).toHaveLength(1);
  expect(invokedAt).toEqual([0, MINUTE_MS]);
  expectNoRetry(clock);
});

type Received = Awaited<ReturnType<typeof shop>>['received'];

function arrived(received: Received, queueName: string) {
  return eventually(async () => {
    const messages = await received(queueName);
    expect(messages).not.toEqual([]);
    return messages;
  });
}
