import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test, vi } from 'vitest';
import type { EngineOptions } from '../../../local/engine.ts';
import { createManualClock } from '../../../local/time/manual-clock.ts';
import { runningShop } from './running.ts';

/** Starts a queue whose function writes `line`s, sends it four messages, and answers the lines as they come. */
async function sendFour(mapping: object, handler: string, options: Partial<EngineOptions> = {}) {
  const lines: string[] = [];
  const engine = await runningShop(
    {
      Resources: {
        Queue: { Type: 'AWS::SQS::Queue' },
        Fn: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            Code: { ZipFile: `exports.handler = async event => { ${handler} };` },
            Handler: 'index.handler',
            Runtime: 'nodejs24.x',
          },
        },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
            FunctionName: { Ref: 'Fn' },
            ...mapping,
          },
        },
      },
    },
    { onLog: ({ text }) => lines.push(text), ...options },
  );
  const url = engine.queues[0]?.url;
  const sqs = new SQSClient(engine.clientConfig);
  const Entries = ['a', 'b', 'c', 'd'].map(id => ({ Id: id, MessageBody: id }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
  const left = async () => {
    const AttributeNames = [
      'ApproximateNumberOfMessages' as const,
      'ApproximateNumberOfMessagesNotVisible' as const,
    ];
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames }));
    return AttributeNames.reduce((sum, name) => sum + Number(Attributes?.[name]), 0);
  };
  return { lines, left };
}

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
test('delivers batches of the size that the template says, once they are full', async () => {
  const mapping = { BatchSize: 2, MaximumBatchingWindowInSeconds: 300 };
  const { lines } = await sendFour(mapping, 'console.log(event.Records.length)');
  await vi.waitFor(() => expect(lines).toEqual(['2', '2']), 10_000);
});

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency
test('runs no more batches at once than the template says', async () => {
  const mapping = { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } };
  const handler =
    'const begun = Date.now(); await new Promise(r => setTimeout(r, 500)); console.log(begun, Date.now());';
  const clock = createManualClock(Date.UTC(2030, 0, 1));
  const { lines } = await sendFour(mapping, handler, { clock });
  await clock.advanceTo(clock.now() + 10_000);
  expect(lines).toHaveLength(4);
  const batches = lines.map(line => line.split(' ').map(Number) as [number, number]);
  const runningAt = (time: number) =>
    batches.filter(([begun, ended]) => begun <= time && time < ended).length;
  expect(Math.max(...batches.map(([begun]) => runningAt(begun)))).toBe(2);
});

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
test('takes partial failures only from a function whose mapping asks for them', async () => {
  const handler =
    'console.log("done"); return { batchItemFailures: event.Records.map(r => ({ itemIdentifier: r.messageId })) };';
  const ignoring = await sendFour({}, handler);
  const reporting = await sendFour({ FunctionResponseTypes: ['ReportBatchItemFailures'] }, handler);
  await vi.waitFor(async () => expect(await ignoring.left()).toBe(0), 10_000);
  await vi.waitFor(() => expect(reporting.lines).not.toHaveLength(0), 10_000);
  expect(await reporting.left()).toBe(4);
});

// https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html
test('does not deliver while the mapping is disabled', async () => {
  const disabled = await sendFour({ Enabled: false }, 'console.log("called")');
  const enabled = await sendFour({}, 'console.log("called")');
  await vi.waitFor(() => expect(enabled.lines).not.toHaveLength(0), 10_000);
  expect(disabled.lines).toEqual([]);
  expect(await disabled.left()).toBe(4);
});
