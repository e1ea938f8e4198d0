import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import { type DevOptions, devCommand } from '../../bin/commands/dev.ts';
import { engineOptions } from '../../bin/commands/dev-engine-options.ts';
import type { DevEvent } from '../../bin/commands/dev-event.ts';
import { createEventPrinter } from '../../bin/commands/print-event.ts';
import { type Engine, startEngine } from '../../local/engine.ts';
import { accessKeyIdOf } from '../../local/lambda/environment-variables.ts';
import { writeAssembly } from '../local/engine/written-assembly.ts';
import { createFakeClock } from '../local/fake-clock.ts';
import { FUNCTION, roleWith } from '../local/permissions/function-fixture.ts';
import { outputStream } from './output-stream.ts';

/** What the command line says, as `dev` gets it. */
async function optionsOf(...args: string[]): Promise<DevOptions> {
  const got: DevOptions[] = [];
  await devCommand()
    .action((options: DevOptions) => void got.push(options))
    .parseAsync(['--port', '0', ...args], { from: 'user' });
  const [options] = got;
  if (options === undefined) throw new Error('the command has not been called');
  return options;
}

/** The engine that `dev` starts with these arguments, on a clock of its own, and the events that it tells. */
async function started(resources: object, ...args: string[]) {
  const clock = createFakeClock();
  const events: DevEvent[] = [];
  const options = engineOptions(
    await optionsOf(...args),
    event => events.push(event),
    () => engine,
  );
  const assembly = await writeAssembly({ Shop: { template: { Resources: resources } } });
  const engine: Engine = await startEngine({ ...options, assembly, clock });
  onTestFinished(() => engine.stop());
  return { engine, events, clock };
}

const QUEUE = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } };

/** What becomes of a call that the worker's role does not allow. */
async function callUnallowed(...args: string[]): Promise<string> {
  const { engine } = await started({ Queue: QUEUE, Role: roleWith([]), Worker: FUNCTION }, ...args);
  const credentials = { accessKeyId: accessKeyIdOf('worker'), secretAccessKey: 'local' };
  const sqs = new SQSClient({ ...engine.clientConfig, credentials });
  onTestFinished(() => sqs.destroy());
  const command = new SendMessageCommand({ QueueUrl: engine.queues[0]?.url, MessageBody: 'a' });
  return sqs.send(command).then(
    () => 'sent',
    (error: Error) => error.name,
  );
}

test.each([
  { args: [], outcome: 'AccessDenied' },
  { args: ['--permissions', 'on'], outcome: 'AccessDenied' },
  { args: ['--permissions', 'off'], outcome: 'sent' },
])('a call that no policy allows, with $args: $outcome', async ({ args, outcome }) => {
  expect(await callUnallowed(...args)).toMatch(outcome);
});

test('an alarm that changes and whom it tells are lines, the alarm by its construct path', async () => {
  // GIVEN
  const { engine, events, clock } = await started({
    Queue: QUEUE,
    Ops: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'Ops' } },
    Mail: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Ops' }, Protocol: 'email', Endpoint: 'ops@example.com' },
    },
    Depth: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: 'depth',
        AlarmActions: [{ Ref: 'Ops' }],
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: 'jobs' }],
        Statistic: 'Maximum',
        Period: 60,
        ComparisonOperator: 'GreaterThanThreshold',
        EvaluationPeriods: 1,
        Threshold: 0,
        TreatMissingData: 'notBreaching',
      },
    },
  });
  const sqs = new SQSClient(engine.clientConfig);
  onTestFinished(() => sqs.destroy());
  clock.advance(60_000);
  expect(events).toMatchObject([{ event: 'alarm', from: 'INSUFFICIENT_DATA', to: 'OK' }]);

  // WHEN
  await sqs.send(new SendMessageCommand({ QueueUrl: engine.queues[0]?.url, MessageBody: 'a' }));
  clock.advance(60_000);

  // THEN what nobody has to look after is no line
  const { target, written } = outputStream(false);
  for (const event of events) createEventPrinter(target)(event);
  expect(written().split('\n')).toEqual([
    'ALARM Depth: ApproximateNumberOfMessagesVisible was 1 (> 0) in the last minute',
    expect.stringMatching(/^would mail ops@example\.com: ALARM: "depth" in /),
    '',
  ]);
});

test('a notification is a line for each subscription, and one where nobody subscribes', async () => {
  // GIVEN
  const subscription = (Protocol: string, Endpoint: string) => ({
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: { Ref: 'Ops' }, Protocol, Endpoint },
  });
  const { engine, events } = await started({
    Ops: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'Ops' } },
    Alone: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'Alone' } },
    Mail: subscription('email', 'ops@example.com'),
    Hook: subscription('https', 'https://hook.example'),
  });
  const sns = new SNSClient(engine.clientConfig);
  onTestFinished(() => sns.destroy());

  // WHEN
  for (const { arn } of engine.topics)
    await sns.send(new PublishCommand({ TopicArn: arn, Message: 'the text', Subject: 'The subject' }));

  // THEN
  const { target, written } = outputStream(false);
  for (const event of events) createEventPrinter(target)(event);
  expect(written().trimEnd().split('\n').sort()).toEqual([
    'topic Alone, which nobody subscribes to: The subject',
    'would mail ops@example.com: The subject',
    'would post to https://hook.example: The subject',
  ]);
});
