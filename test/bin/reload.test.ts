import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { clientOptions, readDevState } from '../../bin/commands/dev-state.ts';
import { eventually } from '../eventually.ts';
import { newProject, type Project } from './dev-project.ts';
import { spawnCli } from './spawned-cli.ts';

const answering = (text: string) => `exports.handler = async () => '${text}';`;

/** A `dev` in a new project, with a message on its queue. */
async function started(project: Project) {
  const cli = spawnCli(['dev', '--port', '0'], project.folder);
  await cli.printed(/Ctrl-C stops it/);
  const [, url = ''] = await cli.printed(/Functions\n {2}Api {2}(http\S+)\n/);
  const state = await readDevState(join(project.folder, 'cdk.out'));
  await new SQSClient(clientOptions(state)).send(
    new SendMessageCommand({ QueueUrl: state.queues[0]?.url, MessageBody: 'waits' }),
  );
  return {
    cli,
    answer: async () => (await fetch(url)).text(),
    async waitingMessages() {
      const queues = spawnCli(['queues', '--json'], project.folder);
      await queues.ended();
      return (JSON.parse(queues.stdout()) as { waiting: number }).waiting;
    },
  };
}

test('gives a changed handler its new code while everything runs', async () => {
  const project = await newProject(answering('old'));
  const { cli, answer, waitingMessages } = await started(project);
  expect(await answer()).toBe('"old"');

  await project.writeHandler(answering('new'));

  await cli.printed(/reloaded Api in \d+ ms/);
  expect(await answer()).toBe('"new"');
  expect(await waitingMessages()).toBe(1);
});

test('notices files in folders that are new', async () => {
  const project = await newProject(answering('old'));
  const app = `import './lib/more/write-handler.mjs';`;
  const { cli, answer } = await started(project);
  await mkdir(join(project.folder, 'lib', 'more'), { recursive: true });
  await writeFile(join(project.folder, 'lib', 'more', 'text.txt'), 'unused');
  await appendFile(join(project.folder, 'app.mjs'), `\n// ${app}`);
  await project.writeHandler(answering('first'));
  await cli.printed(/reloaded Api/);
  expect(await answer()).toBe('"first"');
});

test.each<[what: string, change: (project: Project) => Promise<void>, message: RegExp]>([
  [
    'a handler that does not load',
    project => project.writeHandler('throw new TypeError("no such thing");'),
    /not reloaded, what ran before goes on:\n {2}Shop\/Api: the function does not start: TypeError: no such thing\n/,
  ],
  [
    'an app that fails',
    project => project.writeApp('throw new Error("no such export");'),
    /not reloaded, what ran before goes on:\n {2}"node app\.mjs" in \S+ ended with exit code 1\n[\s\S]*no such export/,
  ],
  [
    'a resource that is not supported',
    project => project.writeResources({ Cluster: { Type: 'AWS::ECS::Cluster' } }),
    /not reloaded, what ran before goes on:\n[\s\S]*Shop\/Cluster: AWS::ECS::Cluster/,
  ],
])('goes on with what ran before after %s', async (_what, change, message) => {
  const project = await newProject(answering('old'));
  const { cli, answer, waitingMessages } = await started(project);
  await change(project);
  await cli.printed(message);
  expect(await answer()).toBe('"old"');
  expect(await waitingMessages()).toBe(1);
});

test('says what has changed in the stacks, and without a terminal leaves it at that', async () => {
  const project = await newProject(answering('old'), { Old: { Type: 'AWS::SNS::Topic' } });
  const { cli, answer } = await started(project);

  await project.writeResources({ New: { Type: 'AWS::SQS::Queue' } });

  await cli.printed(
    /The stacks have changed:\n {2}\+ New \(AWS::SQS::Queue New\)\n {2}- Old \(AWS::SNS::Topic Old\)\n/,
  );
  expect(await answer()).toBe('"old"');
});

test('recovers once what was wrong is put right', async () => {
  const project = await newProject(answering('old'));
  const { cli, answer } = await started(project);
  await project.writeHandler('syntax error');
  await cli.printed(/not reloaded/);
  await project.writeHandler(answering('right'));
  await cli.printed(/reloaded Api/);
  await eventually(async () => expect(await answer()).toBe('"right"'));
});
