import { App, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { expect, test } from 'vitest';
import { startEngine } from '../../../local/engine.ts';
import { runningShop } from './running.ts';
import { newFolder, writeAssembly } from './written-assembly.ts';

const FUNCTION = { Handler: 'index.handler', Runtime: 'nodejs24.x' };

/** The message with which a stack `Shop` of these resources does not start. */
async function refusal(
  resources: Record<string, object>,
  assets: Record<string, string> = {},
): Promise<string> {
  const assembly = await writeAssembly({ Shop: { template: { Resources: resources } } }, assets);
  const started = startEngine({ assembly }).then(
    engine => engine.stop().then(() => 'it started'),
    (error: Error) => error.message,
  );
  return started;
}

test('names every resource type and property that is not supported, and starts nothing', async () => {
  const message = await refusal({
    Broken: { Type: 'AWS::Lambda::Function', Properties: { ...FUNCTION, Code: { ZipFile: 'throw 1' } } },
    Cluster: { Type: 'AWS::ECS::Cluster' },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 5, Visibility: 5, Tags: [] } },
    Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { FilterCriteria: {} } },
    Live: { Type: 'AWS::Lambda::Alias' },
  });
  expect(message).toBe(
    [
      'nothing was started, because the local engine does not support this yet:',
      'Shop/Cluster: AWS::ECS::Cluster',
      'Shop/Queue: property Visibility of AWS::SQS::Queue',
      'Shop/Mapping: property FilterCriteria of AWS::Lambda::EventSourceMapping',
      'Shop/Live: AWS::Lambda::Alias',
    ].join('\n  '),
  );
});

test.each<[what: string, resources: Record<string, object>, message: string]>([
  [
    'a value that its service refuses',
    { Q: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 50_000 } } },
    'Shop/Q (AWS::SQS::Queue): ',
  ],
  [
    'a queue with two kinds of encryption',
    {
      Q: {
        Type: 'AWS::SQS::Queue',
        Properties: { KmsMasterKeyId: 'alias/aws/sqs', SqsManagedSseEnabled: true },
      },
    },
    'Shop/Q (AWS::SQS::Queue): You can use one type of server-side encryption (SSE) at one time.',
  ],
  [
    'a queue with more than 50 tags',
    {
      Q: {
        Type: 'AWS::SQS::Queue',
        Properties: { QueueName: 'q', Tags: Array(51).fill({ Key: 'a', Value: 'b' }) },
      },
    },
    'Shop/Q (AWS::SQS::Queue): Too many tags added for queue q. It may have 50, got 51',
  ],
  [
    'a function that is not in Node.js',
    {
      Fn: {
        Type: 'AWS::Lambda::Function',
        Properties: { ...FUNCTION, Runtime: 'python3.13', Code: { ZipFile: '' } },
      },
    },
    'python3.13',
  ],
  [
    'a function URL that streams',
    {
      Fn: {
        Type: 'AWS::Lambda::Function',
        Properties: { ...FUNCTION, Code: { ZipFile: 'exports.handler = () => {}' } },
      },
      Url: {
        Type: 'AWS::Lambda::Url',
        Properties: { AuthType: 'NONE', TargetFunctionArn: { Ref: 'Fn' }, InvokeMode: 'RESPONSE_STREAM' },
      },
    },
    'RESPONSE_STREAM',
  ],
  [
    'a function that is an image',
    { Fn: { Type: 'AWS::Lambda::Function', Properties: { ...FUNCTION, PackageType: 'Image' } } },
    'PackageType must be one of Zip, got "Image"',
  ],
  [
    'code that is no asset',
    { Fn: { Type: 'AWS::Lambda::Function', Properties: { ...FUNCTION, Code: { S3Key: 'elsewhere.zip' } } } },
    'Shop/Fn (AWS::Lambda::Function): Code.S3Key elsewhere.zip is not an asset of this cloud assembly',
  ],
  [
    'a replica in another region',
    { T: { Type: 'AWS::DynamoDB::GlobalTable', Properties: { Replicas: [{ Region: 'eu-west-3' }] } } },
    'Shop/T (AWS::DynamoDB::GlobalTable): Replicas: the engine runs in us-east-1 only, got a replica in eu-west-3',
  ],
  [
    'an unknown setting inside a property',
    {
      Q: { Type: 'AWS::SQS::Queue' },
      Fn: {
        Type: 'AWS::Lambda::Function',
        Properties: { ...FUNCTION, Code: { ZipFile: 'exports.handler = () => {}' } },
      },
      M: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Q', 'Arn'] },
          FunctionName: { Ref: 'Fn' },
          ScalingConfig: { MinimumConcurrency: 2 },
        },
      },
    },
    'Shop/M (AWS::Lambda::EventSourceMapping): MinimumConcurrency is not supported',
  ],
  [
    'an event source that is no queue of the stacks',
    {
      M: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { EventSourceArn: 'arn:aws:kinesis:us-east-1:1:stream/s', FunctionName: 'f' },
      },
    },
    'EventSourceArn arn:aws:kinesis:us-east-1:1:stream/s is no queue of these stacks',
  ],
])('fails for %s', async (_what, resources, message) => {
  expect(await refusal(resources)).toContain(message);
});

test('fails for code that is an archive, naming it', async () => {
  const folder = await newFolder();
  const archive = `${folder}/code.zip`;
  await import('node:fs/promises').then(({ writeFile }) => writeFile(archive, 'PK'));
  const app = new App({ outdir: await newFolder() });
  new lambda.Function(new Stack(app, 'Shop'), 'Fn', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(archive),
  });
  await expect(startEngine({ assembly: app.synth().directory })).rejects.toThrow(
    /the code is the archive .*\.zip; give CDK its folder/,
  );
});

test.each([
  ['exports.other = 1;', 'Runtime.HandlerNotFound'],
  ['throw new TypeError("no such config");', 'no such config'],
  ['syntax error', 'SyntaxError'],
])('fails for a handler that does not load (%s), naming the function', async (code, problem) => {
  const resources = {
    Fn: { Type: 'AWS::Lambda::Function', Properties: { ...FUNCTION, Code: { S3Key: 'code' } } },
  };
  const message = await refusal(resources, { code });
  expect(message).toMatch(/^Shop\/Fn: the function does not start: /);
  expect(message).toContain(problem);
});

test('frees its port when a start fails in the middle', async () => {
  const { endpoint, stop } = await runningShop({ Resources: {} });
  await stop();
  const port = Number(new URL(endpoint).port);
  const broken = {
    Fn: { Type: 'AWS::Lambda::Function', Properties: { ...FUNCTION, Code: { ZipFile: 'throw 1' } } },
  };
  const assembly = await writeAssembly({ Shop: { template: { Resources: broken } } });
  await expect(startEngine({ assembly, port })).rejects.toThrow('Shop/Fn');
  expect((await runningShop({ Resources: {} }, { port })).endpoint).toBe(endpoint);
});

test('fails when the port is taken', async () => {
  const { endpoint } = await runningShop({ Resources: {} });
  const port = Number(new URL(endpoint).port);
  await expect(runningShop({ Resources: {} }, { port })).rejects.toThrow(`Port ${port} is taken`);
});

test('fails for stacks in two regions, unless some are chosen', async () => {
  const assembly = await writeAssembly({
    Ireland: { template: { Resources: {} }, environment: 'aws://111122223333/eu-west-1' },
    Ohio: { template: { Resources: {} }, environment: 'aws://111122223333/us-east-2' },
  });
  await expect(startEngine({ assembly })).rejects.toThrow(
    'the stacks are in more than one region: Ireland (eu-west-1), Ohio (us-east-2)',
  );
  const engine = await startEngine({ assembly, stacks: ['Ohio'] });
  await engine.stop();
  expect(engine).toMatchObject({ region: 'us-east-2', accountId: '111122223333' });
});
