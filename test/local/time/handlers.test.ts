import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { createManualClock } from '../../../local/time/manual-clock.ts';
import { runningShop } from '../engine/running.ts';

const START = Date.UTC(2030, 0, 1);

/** A queue whose function runs this code for each message, by the clock of the test. Answers the lines that it writes. */
async function startShop(handle: string, properties: object = {}) {
  const lines: string[] = [];
  const clock = createManualClock(START);
  const engine = await runningShop(
    {
      Resources: {
        Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 3600 } },
        Fn: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            Code: { ZipFile: `exports.handler = async ({ Records: [{ body }] }) => { ${handle} };` },
            Handler: 'index.handler',
            Runtime: 'nodejs24.x',
            Timeout: 600,
            ...properties,
          },
        },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
            FunctionName: { Ref: 'Fn' },
            BatchSize: 1,
          },
        },
      },
    },
    { onLog: ({ text }) => lines.push(text), clock },
  );
  const sqs = new SQSClient(engine.clientConfig);
  const url = engine.queues[0]?.url;
  const send = (MessageBody: string, DelaySeconds = 0) =>
    sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody, DelaySeconds }));
  return { clock, lines, send };
}

test('a delayed message is handled when it is due, at that time', async () => {
  const { clock, lines, send } = await startShop('console.log(body, new Date().toISOString())');
  await send('late', 900);
  await send('now');
  await clock.idle();
  expect(lines).toEqual(['now 2030-01-01T00:00:00.000Z']);
  await clock.advanceTo(START + 899_999);
  expect(lines).toHaveLength(1);
  await clock.advanceTo(START + 900_000);
  expect(lines.slice(1)).toEqual(['late 2030-01-01T00:15:00.000Z']);
});

test('a handler sleeps as long as the clock says', async () => {
  const { clock, lines, send } = await startShop(
    'await new Promise(r => setTimeout(r, 100_000)); console.log(Date.now(), performance.now())',
  );
  await send('x');
  await clock.advanceTo(START + 99_999);
  expect(lines).toEqual([]);
  await clock.advanceTo(START + 200_000);
  expect(lines).toEqual([`${START + 100_000} 100000`]);
});

test('a handler that sleeps for longer than its timeout is timed out', async () => {
  const { clock, lines, send } = await startShop(
    'console.log("begun"); await new Promise(r => setTimeout(r, 100_000)); console.log("done")',
    { Timeout: 30 },
  );
  await send('x');
  await clock.advanceTo(START + 3_000_000);
  expect(lines).toEqual(['begun', expect.stringContaining('Task timed out after 30.00 seconds')]);
  await clock.advanceTo(START + 3_600_000 + 20_000);
  expect(lines).toHaveLength(3);
});
