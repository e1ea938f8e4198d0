import { createRequire } from 'node:module';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import { createManualClock } from '../../../local/time/manual-clock.ts';
import { runningShop } from '../engine/running.ts';

export const START = Date.UTC(2030, 0, 1);

const SDK = createRequire(import.meta.url);

/**
 * A queue whose function runs `handle` for each message's `body`, one at a time, by the clock of the test; and another
 * function, `Other`, that sleeps for a minute.
 *
 * @param preamble what the function's module does first
 */
export async function startShop(handle: string, properties: object = {}, preamble = '') {
  const lines: string[] = [];
  const clock = createManualClock(START);
  const engine = await runningShop(
    {
      Resources: {
        Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 3600 } },
        Inbox: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'inbox' } },
        Fn: functionOf(`${preamble} exports.handler = async ({ Records: [{ body }] }) => { ${handle} };`, {
          Timeout: 600,
          Environment: {
            Variables: {
              SQS: SDK.resolve('@aws-sdk/client-sqs'),
              LAMBDA: SDK.resolve('@aws-sdk/client-lambda'),
              INBOX: { Ref: 'Inbox' },
              OTHER: { Ref: 'Other' },
            },
          },
          ...properties,
        }),
        Other: functionOf('exports.handler = () => new Promise(r => setTimeout(r, 60_000, Date.now()));', {
          Timeout: 90,
        }),
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
  onTestFinished(() => sqs.destroy());
  const urlOf = (logicalId: string) => engine.queues.find(queue => queue.logicalId === logicalId)?.url;
  const sendTo =
    (logicalId: string) =>
    (MessageBody: string, DelaySeconds = 0) =>
      sqs.send(new SendMessageCommand({ QueueUrl: urlOf(logicalId), MessageBody, DelaySeconds }));
  return {
    clock,
    lines,
    send: sendTo('Queue'),
    sendToInbox: sendTo('Inbox'),
    async receiveFromInbox(WaitTimeSeconds: number) {
      const receive = new ReceiveMessageCommand({ QueueUrl: urlOf('Inbox'), WaitTimeSeconds });
      const { Messages = [] } = await sqs.send(receive);
      return Messages.map(({ Body }) => Body);
    },
  };
}

function functionOf(code: string, properties: object) {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: { Code: { ZipFile: code }, Handler: 'index.handler', Runtime: 'nodejs24.x', ...properties },
  };
}
