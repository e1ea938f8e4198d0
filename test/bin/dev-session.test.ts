import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import type { DevEvent } from '../../bin/commands/dev-event.ts';
import { startSession } from '../../bin/commands/dev-session.ts';
import { writeAssembly } from '../local/engine/written-assembly.ts';

const TABLE = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'Items',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  },
};
const QUEUE = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'Queue' } };

function assemblyOf(resources: object): Promise<string> {
  return writeAssembly({ Shop: { template: { Resources: resources } } });
}

/** A session that is given the assemblies one after the other. */
async function session(first: string, next: readonly string[], confirm: () => Promise<boolean>) {
  const events: DevEvent[] = [];
  const following = [...next];
  const started = await startSession({
    assembly: first,
    synthesize: async () => following.shift() ?? first,
    engine: { port: 0 },
    emit: event => events.push(event),
    onEngine: async () => {},
    confirm,
    now: () => 0,
  });
  onTestFinished(() => started.stop());
  return { session: started, names: () => events.map(({ event }) => event), events };
}

test('starts confirmed stacks anew at the same endpoint, with their messages and items', async () => {
  // GIVEN
  const before = await assemblyOf({ Queue: QUEUE, Table: TABLE });
  const after = await assemblyOf({ Queue: QUEUE, Table: TABLE, Topic: { Type: 'AWS::SNS::Topic' } });
  const { session: running, names } = await session(before, [after], async () => true);
  const { endpoint, clientConfig, queues } = running.engine;
  const sqs = new SQSClient(clientConfig);
  const dynamodb = new DynamoDBClient(clientConfig);
  const item = { pk: { S: 'stays' } };
  await sqs.send(new SendMessageCommand({ QueueUrl: queues[0]?.url, MessageBody: 'stays' }));
  await dynamodb.send(new PutItemCommand({ TableName: 'Items', Item: item }));

  // WHEN
  await running.reload();

  // THEN
  expect(names()).toEqual(['stacksChanged', 'restarted']);
  expect(running.engine.endpoint).toBe(endpoint);
  expect(running.engine.topics).toHaveLength(1);
  const got = await dynamodb.send(new GetItemCommand({ TableName: 'Items', Key: item }));
  expect(got.Item).toEqual(item);
  const { Messages: messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queues[0]?.url }));
  expect(messages?.map(({ Body }) => Body)).toEqual(['stays']);
});

test('leaves everything as it is when the change is not confirmed, and asks again at the next', async () => {
  const after = await assemblyOf({ Queue: QUEUE, Table: TABLE });
  const { session: running, names } = await session(
    await assemblyOf({ Queue: QUEUE }),
    [after, after],
    async () => false,
  );
  await running.reload();
  await running.reload();
  expect(names()).toEqual(['stacksChanged', 'stacksChanged']);
  expect(running.engine.tables).toEqual([]);
});

test('goes back to the stacks before when the confirmed ones do not start', async () => {
  // GIVEN
  const broken = { ...QUEUE, Properties: { QueueName: 'Queue', VisibilityTimeout: -1 } };
  const { session: running, names } = await session(
    await assemblyOf({ Queue: QUEUE }),
    [await assemblyOf({ Queue: broken })],
    async () => true,
  );
  const sqs = new SQSClient(running.engine.clientConfig);
  const url = running.engine.queues[0]?.url;
  await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'stays' }));

  // WHEN
  await running.reload();

  // THEN
  expect(names()).toEqual(['stacksChanged', 'restarted', 'reloadFailed']);
  const { Messages: messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url }));
  expect(messages?.map(({ Body }) => Body)).toEqual(['stays']);
});

test('says nothing when nothing has changed', async () => {
  const assembly = await assemblyOf({ Queue: QUEUE });
  const { session: running, events } = await session(assembly, [], async () => true);
  await running.reload();
  expect(events).toEqual([]);
});
