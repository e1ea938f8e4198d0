import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import type { DevEvent } from '../../bin/commands/dev-event.ts';
import { type DevSessionOptions, startSession } from '../../bin/commands/dev-session.ts';
import { readAssembly } from '../../local/assembly.ts';
import type { Engine } from '../../local/engine.ts';
import { eventually } from '../eventually.ts';
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
async function session(
  first: string,
  next: readonly string[],
  confirm: () => Promise<boolean>,
  others: Partial<DevSessionOptions> = {},
) {
  const events: DevEvent[] = [];
  const following = [...next];
  const started = await startSession({
    assembly: first,
    synthesize: async () => following.shift() ?? first,
    rebundle: async assembly => assembly,
    engine: { port: 0 },
    emit: event => events.push(event),
    onEngine: async () => {},
    confirm,
    now: () => 0,
    ...others,
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
  await running.reload(new Set());

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
  await running.reload(new Set());
  await running.reload(new Set());
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
  await running.reload(new Set());

  // THEN
  expect(names()).toEqual(['stacksChanged', 'restarted', 'reloadFailed']);
  const { Messages: messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url }));
  expect(messages?.map(({ Body }) => Body)).toEqual(['stays']);
});

test('says nothing when nothing has changed', async () => {
  const assembly = await assemblyOf({ Queue: QUEUE });
  const { session: running, events } = await session(assembly, [], async () => true);
  await running.reload(new Set());
  expect(events).toEqual([]);
});

/** A function whose code answers with this, and its URL. */
const answering = (text: string) =>
  writeAssembly(
    {
      Shop: {
        template: {
          Resources: {
            Api: {
              Type: 'AWS::Lambda::Function',
              Properties: {
                Code: { S3Bucket: 'assets', S3Key: text },
                Handler: 'index.handler',
                Runtime: 'nodejs24.x',
              },
            },
            Url: {
              Type: 'AWS::Lambda::Url',
              Properties: { AuthType: 'AWS_IAM', TargetFunctionArn: { 'Fn::GetAtt': ['Api', 'Arn'] } },
            },
          },
        },
      },
    },
    { [text]: `exports.handler = async () => '${text}';` },
  );

const answerOf = async ({ engine }: { engine: Engine }) =>
  await (await fetch(String(engine.functionUrls[0]?.url))).text();

test('new code runs before the synthesis has ended, which says nothing more of it', async () => {
  // GIVEN
  const [before, after] = [await answering('before'), await answering('after')];
  const synthesis = Promise.withResolvers<string>();
  const { session: running, names } = await session(before, [], async () => true, {
    rebundle: async () => await readAssembly(after),
    synthesize: () => synthesis.promise,
  });
  // WHEN
  const reloaded = running.reload(new Set(['handler.ts']));
  // THEN
  await eventually(() => expect(names()).toEqual(['reloaded']));
  expect(await answerOf(running)).toBe('"after"');
  synthesis.resolve(after);
  await reloaded;
  expect(names()).toEqual(['reloaded']);
});

test('code that cannot be bundled alone is left to the synthesis', async () => {
  const [before, after] = [await answering('before'), await answering('after')];
  const { session: running, names } = await session(before, [after], async () => true, {
    rebundle: async () => await Promise.reject(new Error('cannot be bundled')),
  });
  await running.reload(new Set(['handler.ts']));
  expect(names()).toEqual(['reloaded']);
  expect(await answerOf(running)).toBe('"after"');
});

test('a change during a synthesis is followed at once, and by a synthesis of its own', async () => {
  // GIVEN
  const [first, second, third] = [
    await answering('first'),
    await answering('second'),
    await answering('third'),
  ];
  const [slow, quick] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const syntheses = [slow, quick];
  const bundles = [second, third];
  const { session: running, names } = await session(first, [], async () => true, {
    rebundle: async assembly => {
      const next = bundles.shift();
      return next === undefined ? assembly : await readAssembly(next);
    },
    synthesize: () =>
      syntheses.shift()?.promise ?? Promise.reject(new Error('once more than it has changed')),
  });
  // WHEN
  const one = running.reload(new Set(['handler.ts']));
  await eventually(() => expect(names()).toHaveLength(1));
  const other = running.reload(new Set(['handler.ts']));
  await eventually(() => expect(names()).toHaveLength(2));
  slow.resolve(second);
  await one;
  // THEN
  expect(await answerOf(running)).toBe('"third"');
  quick.resolve(third);
  await other;
  expect(await answerOf(running)).toBe('"third"');
  expect(names()).toEqual(['reloaded', 'reloaded']);
});
