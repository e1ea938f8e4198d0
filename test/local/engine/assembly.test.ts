import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { App, Stack, Stage } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { expect, test } from 'vitest';
import { readAssembly } from '../../../local/assembly.ts';
import { selectStacks } from '../../../local/select-stacks.ts';
import { newFolder, writeAssembly } from './written-assembly.ts';

test('reads stacks, those of stages too, with their environment, dependencies and construct paths', async () => {
  // GIVEN an app with a stack, one that depends on it, and one in a stage
  const app = new App({ outdir: await newFolder() });
  const base = new Stack(app, 'Base');
  const queue = new sqs.Queue(base, 'Queue');
  const shop = new Stack(app, 'Shop', { stackName: 'the-shop' });
  shop.addStackDependency(base);
  const prod = new Stage(app, 'Prod', { env: { region: 'eu-west-1', account: '111122223333' } });
  const api = new Stack(prod, 'Api');

  // WHEN
  const { stacks } = await readAssembly(app.synth().directory);

  // THEN
  const byPath = new Map(stacks.map(stack => [stack.path, stack]));
  expect([...byPath.keys()].sort()).toEqual(['Base', 'Prod/Api', 'Shop']);
  expect(byPath.get('Shop')).toMatchObject({ name: 'the-shop', region: undefined, dependencies: ['Base'] });
  expect(byPath.get('Prod/Api')).toMatchObject({
    name: api.stackName,
    region: 'eu-west-1',
    accountId: '111122223333',
  });
  const logicalId = base.getLogicalId(queue.node.defaultChild as sqs.CfnQueue);
  expect(byPath.get('Base')?.constructPaths.get(logicalId)).toBe('Base/Queue');
});

test("finds the folder of a function's code by the key that its template names", async () => {
  const code = await newFolder();
  await writeFile(join(code, 'index.js'), '');
  const app = new App({ outdir: await newFolder() });
  const stack = new Stack(app, 'Shop');
  new lambda.Function(stack, 'Fn', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(code),
  });
  const [shop] = (await readAssembly(app.synth().directory)).stacks;

  const declared = Object.values(shop?.template.resources ?? {}).find(
    ({ type }) => type === 'AWS::Lambda::Function',
  );
  const { S3Key: key } = declared?.properties.Code as { S3Key: string };

  expect(shop?.assets.get(key)).toBe(join(app.outdir, `asset.${key.replace('.zip', '')}`));
});

test('fails for a folder without an assembly, naming the command that makes one', async () => {
  const folder = await newFolder();
  await expect(readAssembly(folder)).rejects.toThrow(
    `there is no ${folder}/manifest.json; make a CDK cloud assembly`,
  );
  await writeFile(join(folder, 'manifest.json'), '{ "name": "a web app" }');
  await expect(readAssembly(folder)).rejects.toThrow(`${folder} is not a CDK cloud assembly`);
  await writeFile(join(folder, 'manifest.json'), '{ broken');
  await expect(readAssembly(folder)).rejects.toThrow(`${folder}/manifest.json is not JSON`);
});

test('selects the named stacks after those they depend on, and fails for a name it does not know', async () => {
  const empty = { Resources: {} };
  const assembly = await readAssembly(
    await writeAssembly({
      C: { template: empty, dependencies: ['B'] },
      B: { template: empty, dependencies: ['A'] },
      A: { template: empty },
      Other: { template: empty },
    }),
  );
  const names = (selected?: string[]) => selectStacks(assembly, selected).map(({ name }) => name);
  expect(names()).toEqual(['A', 'B', 'C', 'Other']);
  expect(names(['B'])).toEqual(['A', 'B']);
  expect(() => names(['Nope'])).toThrow('there is no stack Nope in');
  expect(() => names(['Nope'])).toThrow('there are: C, B, A, Other');
});
