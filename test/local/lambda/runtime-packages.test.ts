import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startLambda, temporaryFolder } from './lambda-fixture.ts';

/** A project with packages of its own, and the folder of an asset in its `cdk.out`. */
function project(packages: Readonly<Record<string, string>>, code: string, file = 'index.js'): string {
  const folder = temporaryFolder();
  for (const [name, source] of Object.entries(packages)) {
    const own = path.join(folder, 'node_modules', name);
    mkdirSync(own, { recursive: true });
    writeFileSync(path.join(own, 'index.js'), source);
  }
  const asset = path.join(folder, 'cdk.out', 'asset.1');
  mkdirSync(asset, { recursive: true });
  writeFileSync(path.join(asset, file), code);
  return asset;
}

const CLIENT = 'exports.from = "the project";';

test.each([
  ['CommonJS', 'index.js', 'exports.handler = async () => require("@aws-sdk/client-x").from;'],
  [
    'an ES module',
    'index.mjs',
    'import { from } from "@aws-sdk/client-x"; export const handler = async () => from;',
  ],
])('finds an AWS SDK client of the project from %s that leaves it out of its bundle', async (_what, file, code) => {
  const codeDirectory = project({ '@aws-sdk/client-x': CLIENT }, code, file);
  const fn = startLambda().create('', { codeDirectory });
  expect(await fn.invoke({})).toEqual({ outcome: 'succeeded', payload: 'the project' });
});

test('prefers the project’s client, and has those that this package depends on', async () => {
  const code = `const { from } = require("@aws-sdk/client-sqs");
    exports.handler = async () => [from, typeof require("@aws-sdk/client-dynamodb").DynamoDBClient];`;
  const codeDirectory = project({ '@aws-sdk/client-sqs': CLIENT }, code);
  const fn = startLambda().create('', { codeDirectory });
  expect(await fn.invoke({})).toEqual({ outcome: 'succeeded', payload: ['the project', 'function'] });
});

test('does not find what Lambda has not, though the project has it', async () => {
  const codeDirectory = project({ 'left-out': CLIENT }, 'require("left-out")');
  const fn = startLambda().create('', { codeDirectory });
  expect(await fn.initialize()).toMatchObject({
    errorType: 'Runtime.ImportModuleError',
    errorMessage: expect.stringMatching(/^Error: Cannot find module 'left-out'/),
  });
});

test.each([
  ['index.js', 'require("@aws-sdk/client-missing")'],
  ['index.mjs', 'import "@aws-sdk/client-missing";'],
])('says what to do about a client that the project has not, in %s', async (file, code) => {
  const fn = startLambda().create('', { codeDirectory: project({}, code, file) });
  expect(await fn.initialize()).toMatchObject({
    errorType: 'Runtime.ImportModuleError',
    errorMessage: expect.stringContaining('run "npm install --save-dev @aws-sdk/client-missing"'),
  });
});
