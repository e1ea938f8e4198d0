import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, vi } from 'vitest';
import { ENVIRONMENT_VARIABLE } from '../../contract/environment.ts';
import { running } from '../local/engine/running.ts';
import { writeAssembly } from '../local/engine/written-assembly.ts';
import { mainHere } from './main-here.ts';

export const QUEUE = { Type: 'AWS::SQS::Queue' };
const key = (name: string, type: string, KeyType: string) => ({
  attribute: { AttributeName: name, AttributeType: type },
  key: { AttributeName: name, KeyType },
});
const runId = key('runId', 'S', 'HASH');
const indexes = [
  ['byTask', key('listKey', 'S', 'HASH'), key('createdAt', 'N', 'RANGE')],
  ['deadLetters', key('deadLetterKey', 'S', 'HASH'), key('finishedAt', 'N', 'RANGE')],
] as const;
export const TABLE = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    AttributeDefinitions: [
      runId.attribute,
      ...indexes.flatMap(([, partition, sort]) => [partition.attribute, sort.attribute]),
    ],
    KeySchema: [runId.key],
    BillingMode: 'PAY_PER_REQUEST',
    GlobalSecondaryIndexes: indexes.map(([IndexName, partition, sort]) => ({
      IndexName,
      KeySchema: [partition.key, sort.key],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    })),
  },
};

/** A function whose environment says this, as constructs write it: `${Queue}` is what `Ref` answers. */
export const functionThatKnows = (variable: string, value: object) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { ZipFile: 'exports.handler = async () => {}' },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Environment: { Variables: { [variable]: { 'Fn::Sub': JSON.stringify(value) } } },
  },
});

/** A function that consumes a queue, or a producer of it. */
export const functionOf = (queue: string, more: object = {}) =>
  functionThatKnows(ENVIRONMENT_VARIABLE, [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own
    { url: `\${${queue}}`, deadLetterUrl: '${Dead}', table: '${Runs}', tasks: ['greet'], ...more },
  ]);
export const consumer = { consumer: { concurrency: 10, unknownTaskGraceSeconds: 300 } };
export const ROLE = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Statement: [
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
      ],
    },
  },
};
export const SHOP = {
  Queue: QUEUE,
  Dead: QUEUE,
  Runs: TABLE,
  Role: ROLE,
  Consumer: functionOf('Queue', consumer),
};

/** AWS, with these stacks, and the command as it finds them by the shell's environment. */
export async function deployed(stacks: Readonly<Record<string, object>>) {
  const assembly = await writeAssembly(
    Object.fromEntries(
      Object.entries(stacks).map(([name, Resources]) => [name, { template: { Resources } }]),
    ),
  );
  const engine = await running({ assembly });
  for (const [name, value] of Object.entries(engine.clientEnvironment)) vi.stubEnv(name, value);
  const urlOf = (logicalId: string) => engine.queues.find(queue => queue.logicalId === logicalId)?.url;
  const sqs = new SQSClient(engine.clientConfig);
  return {
    engine,
    send: (logicalId: string, MessageBody: string) =>
      sqs.send(new SendMessageCommand({ QueueUrl: urlOf(logicalId), MessageBody })),
  };
}

export const cli = (...args: readonly string[]) => mainHere(args);

export const json = ({ stdout, stderr }: { stdout: string; stderr: string }): unknown[] => {
  expect(stderr).toBe('');
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
};
