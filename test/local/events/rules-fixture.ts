import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Engine, EngineOptions } from '../../../local/engine.ts';
import { createFakeClock } from '../fake-clock.ts';
import { shopOf } from '../permissions/function-fixture.ts';

export const NOW = Date.parse('2026-11-25T12:00:30Z');
export const ACCOUNT = '000000000000';
export const RULE_ARN = `arn:aws:events:us-east-1:${ACCOUNT}:rule/orders`;

export const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
export const queue = (QueueName: string, properties: object = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName, ...properties },
});

/** Lets EventBridge send to these queues, for this rule alone. */
export const mayReceive = (ruleArn: string, ...logicalIds: readonly string[]) =>
  Object.fromEntries(
    logicalIds.map(id => [
      `${id}Policy`,
      {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: id }],
          PolicyDocument: {
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 'events.amazonaws.com' },
                Action: 'sqs:SendMessage',
                Resource: arnOf(id),
                Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
              },
            ],
          },
        },
      },
    ]),
  );

/** The rule `orders` of events of the shop, to `Queue`. */
export const rule = (target: object = {}, properties: object = {}) => ({
  Type: 'AWS::Events::Rule',
  Properties: {
    Name: 'orders',
    EventPattern: { source: ['shop'] },
    State: 'ENABLED',
    Targets: [{ Id: 'Target0', Arn: arnOf('Queue'), ...target }],
    ...properties,
  },
});

export interface EventsFixture {
  readonly engine: Engine;
  readonly clock: ReturnType<typeof createFakeClock>;
  readonly events: EventBridgeClient;
  /** As the function `worker`. */
  readonly asFunction: Awaited<ReturnType<typeof shopOf>>['asFunction'];
  put(entry?: Partial<PutEventsRequestEntry>): Promise<string | undefined>;
  received(name: string): Promise<Message[]>;
  bodies(name: string): Promise<unknown[]>;
}

/** Received, and deleted. */
async function receivedFrom(engine: Engine, name: string): Promise<Message[]> {
  const sqs = new SQSClient(engine.clientConfig);
  const QueueUrl = engine.queues.find(one => one.name === name)?.url;
  const all = { MessageAttributeNames: ['All'], MaxNumberOfMessages: 10 };
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...all }));
  for (const { ReceiptHandle } of Messages)
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return Messages;
}

export async function bodiesFrom(engine: Engine, name: string): Promise<unknown[]> {
  return (await receivedFrom(engine, name)).map(({ Body = '' }) => JSON.parse(Body));
}

/** A stack with `Queue`, which the rule `orders` may send to, and these resources; permissions are on. */
export async function startEvents(
  resources: Readonly<Record<string, object>>,
  options: Partial<EngineOptions> = {},
): Promise<EventsFixture> {
  const clock = createFakeClock(NOW);
  const { engine, asFunction } = await shopOf(
    { Queue: queue('queue'), ...mayReceive(RULE_ARN, 'Queue'), ...resources },
    { clock, ...options },
  );
  const events = new EventBridgeClient({ ...engine.clientConfig, maxAttempts: 1 });
  return {
    engine,
    clock,
    events,
    asFunction,
    async put(entry = {}) {
      const whole = { Source: 'shop', DetailType: 'Order Placed', Detail: '{"id":7}', ...entry };
      const { Entries = [] } = await events.send(new PutEventsCommand({ Entries: [whole] }));
      return Entries[0]?.EventId;
    },
    received: name => receivedFrom(engine, name),
    bodies: name => bodiesFrom(engine, name),
  };
}
