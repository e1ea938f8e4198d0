import { writeFile } from 'node:fs/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import type { LogLine } from '../../../local/engine.ts';
import { eventually } from '../../eventually.ts';
import { running } from './running.ts';
import { writeAssembly } from './written-assembly.ts';

interface Shop {
  readonly url?: object;
  readonly resources?: object;
  /** Any other is the function's. */
  readonly [property: string]: unknown;
}

/** A stack of one function with a URL, and these resources. */
function shop(source: string, { url = {}, resources = {}, ...properties }: Shop = {}) {
  const template = {
    Resources: {
      Fn: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Code: { S3Bucket: 'assets', S3Key: source.length.toString() },
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          Timeout: 30,
          ...properties,
        },
      },
      Url: {
        Type: 'AWS::Lambda::Url',
        Properties: { AuthType: 'AWS_IAM', TargetFunctionArn: { Ref: 'Fn' }, ...url },
      },
      ...resources,
    },
  };
  return writeAssembly({ Shop: { template } }, { [source.length.toString()]: source });
}

const answering = (text: string) => `exports.handler = async () => '${text}';`;

test('gives a function its new code at the same URL', async () => {
  const engine = await running({ assembly: await shop(answering('old')) });
  const url = engine.functionUrls[0]?.url ?? '';

  const update = await engine.prepareUpdate(await shop(answering('newer')));
  const after = await update.replaceFunctions();

  expect(update.difference).toMatchObject({
    functions: [{ logicalId: 'Fn', kind: 'changed', properties: ['Code'] }],
    others: [],
  });
  expect(await (await fetch(url)).text()).toBe('"newer"');
  expect(after.functions).toEqual(engine.functions);
  const { difference } = await after.prepareUpdate(await shop(answering('newer')));
  expect(difference).toEqual({ functions: [], others: [] });
});

test('gives a function its new variables and timeout', async () => {
  const source = `exports.handler = async (_, context) =>
    process.env.GREETING + (context.getRemainingTimeInMillis() > 60_000);`;
  const engine = await running({ assembly: await shop(source) });
  const Environment = { Variables: { GREETING: 'hello ' } };

  const update = await engine.prepareUpdate(await shop(source, { Environment, Timeout: 90 }));
  const after = await update.replaceFunctions();

  expect(await (await fetch(engine.functionUrls[0]?.url ?? '')).text()).toBe('"hello true"');
  expect(after.functions[0]?.environment).toEqual(Environment.Variables);
});

test('lets an invocation that is running end on the old code', async () => {
  // GIVEN an invocation that ends when a line is written to a file of its own
  const lines: LogLine[] = [];
  const old = `const { existsSync } = require('node:fs');
    exports.handler = async ({ rawQueryString: file }) => {
      console.log('running');
      while (!existsSync(decodeURIComponent(file))) await new Promise(setImmediate);
      return 'old';
    };`;
  const assembly = await shop(old);
  const engine = await running({ assembly, onLog: line => lines.push(line) });
  const url = engine.functionUrls[0]?.url ?? '';
  const file = `${assembly}/manifest.done`;
  const slow = fetch(`${url}?${encodeURIComponent(file)}`);
  await eventually(() => expect(lines.map(({ text }) => text)).toContain('running'));

  // WHEN
  await (await engine.prepareUpdate(await shop(answering('new')))).replaceFunctions();
  expect(await (await fetch(url)).text()).toBe('"new"');
  await writeFile(file, '');

  // THEN
  expect(await (await slow).text()).toBe('"old"');
});

test('keeps the old code of a function whose new code does not start, naming it', async () => {
  const engine = await running({ assembly: await shop(answering('old')) });
  const update = await engine.prepareUpdate(await shop('throw new Error("not like this");'));
  await expect(update.replaceFunctions()).rejects.toThrow(
    'Shop/Fn: the function does not start: Error: not like this',
  );
  expect(await (await fetch(engine.functionUrls[0]?.url ?? '')).text()).toBe('"old"');
});

test('keeps a function whose new timeout is too long for its queue, as Lambda does', async () => {
  const resources = {
    Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 60 } },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
        FunctionName: { Ref: 'Fn' },
      },
    },
  };
  const engine = await running({ assembly: await shop(answering('old'), { resources }), permissions: 'off' });
  const update = await engine.prepareUpdate(await shop(answering('newer'), { resources, Timeout: 61 }));
  await expect(update.replaceFunctions()).rejects.toThrow(
    /^Shop\/Fn: .*Queue visibility timeout: 60 seconds is less than Function timeout: 61 seconds/,
  );
  expect(await (await fetch(engine.functionUrls[0]?.url ?? '')).text()).toBe('"old"');
});

test('drops the lines of a function whose new log group its role does not allow', async () => {
  const Statement = {
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: 'arn:aws:logs:us-east-1:000000000000:log-group:allowed:*',
  };
  const Policies = [{ PolicyName: 'Logging', PolicyDocument: { Statement } }];
  const resources = { Role: { Type: 'AWS::IAM::Role', Properties: { Policies } } };
  const talking = "exports.handler = async () => console.log('called');";
  const logsTo = (LogGroup: string) =>
    shop(talking, { resources, Role: { 'Fn::GetAtt': ['Role', 'Arn'] }, LoggingConfig: { LogGroup } });
  const lines: string[] = [];
  const engine = await running({
    assembly: await logsTo('allowed'),
    permissions: 'on',
    onLog: ({ text }) => lines.push(text),
  });
  const call = () => new LambdaClient(engine.clientConfig).send(new InvokeCommand({ FunctionName }));
  const FunctionName = engine.functions[0]?.name;
  await call();
  expect(lines).toEqual(['called']);

  await (await engine.prepareUpdate(await logsTo('another'))).replaceFunctions();
  await call();

  expect(lines).toEqual(['called']);
});

test.each([
  ['a name', { FunctionName: 'other' }, ['changed Fn: FunctionName']],
  ['another resource', { url: { Cors: { AllowOrigins: ['*'] } } }, ['changed Url: Cors']],
])('counts %s among what takes a new start', async (_what, change, expected) => {
  const engine = await running({ assembly: await shop(answering('old')) });
  const { difference } = await engine.prepareUpdate(await shop(answering('old'), change));
  expect(difference.functions).toEqual([]);
  expect(
    difference.others.map(({ kind, logicalId, properties }) => `${kind} ${logicalId}: ${properties}`),
  ).toEqual(expected);
});

test('tells the construct path with each line of a log, those of the initialization too', async () => {
  const lines: LogLine[] = [];
  const source = `console.log('loading'); ${answering('x')}`;
  const assembly = await shop(source);
  await running({ assembly, onLog: line => lines.push(line) });
  expect(lines).toMatchObject([{ constructPath: 'Fn', text: 'loading' }]);
});
