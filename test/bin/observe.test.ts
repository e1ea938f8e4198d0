import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { clientOptions, readDevState } from '../../bin/commands/dev-state.ts';
import { newFolder, writeAssembly } from '../local/engine/written-assembly.ts';
import { newProject } from './dev-project.ts';
import { spawnCli } from './spawned-cli.ts';

const SAYING = `
  console.log('loading');
  exports.handler = async ({ rawQueryString: text }) => console.log(text);`;

const WITH_DEAD_LETTERS = {
  Dead: { Type: 'AWS::SQS::Queue' },
  Jobs: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 1 },
    },
  },
};

/** A `dev` in a new project. */
async function started(...args: string[]) {
  const { folder } = await newProject(SAYING, WITH_DEAD_LETTERS);
  const cli = spawnCli(['dev', '--port', '0', ...args], folder);
  await cli.printed(/Ctrl-C stops it|"event":"started"/);
  const state = await readDevState(join(folder, 'cdk.out'));
  const sqs = new SQSClient(clientOptions(state));
  return {
    folder,
    cli,
    call: async (url: string | undefined, text: string) => (await fetch(`${url}?${text}`)).text(),
    url: async () => (await cli.printed(/Functions\n {2}Api {2}(http\S+)\n/))[1],
    async send(name: string, body: string) {
      const { url: QueueUrl } = state.queues.find(({ constructPath }) => constructPath === name) ?? {};
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
    },
  };
}

test('logs shows what was written before, follows what is written, and ends with dev', async () => {
  const { folder, cli, call, url } = await started();
  await call(await url(), 'before');
  await cli.printed(/\[Api\] before/);

  const logs = spawnCli(['logs'], folder);
  await logs.printed(/^\[Api\] loading\n\[Api\] before\n$/);
  await call(await url(), 'after');
  await logs.printed(/\[Api\] after\n$/);
  cli.process.kill('SIGINT');

  expect(await logs.ended()).toBe(0);
  expect(logs.stderr()).toBe('');
});

test('logs shows one function alone, as JSON too', async () => {
  const { folder, cli, call, url } = await started();
  await call(await url(), 'x');
  await cli.printed(/\[Api\] x/);
  const one = spawnCli(['logs', 'Api', '--no-follow', '--json'], folder);
  const none = spawnCli(['logs', 'Other', '--no-follow'], folder);
  expect(await one.ended()).toBe(0);
  const lines = one
    .stdout()
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  expect(lines).toMatchObject([
    { constructPath: 'Api', text: 'loading' },
    { constructPath: 'Api', text: 'x', stream: 'stdout' },
  ]);
  expect(await none.ended()).toBe(0);
  expect(none.stdout()).toBe('');
});

test('queues counts the messages of each queue and tells which are dead letters', async () => {
  const { folder, send } = await started();
  await send('Jobs', 'a');
  await send('Jobs', 'b');
  await send('Dead', 'c');
  const queues = spawnCli(['queues'], folder);
  expect(await queues.ended()).toBe(0);
  expect(queues.stdout().replaceAll(/ +/g, ' ')).toBe(
    'queue waiting in flight delayed\nQueue 0 0 0\nDead 1 0 0 dead letters\nJobs 2 0 0\n',
  );
});

test('queues and logs fail where no dev runs, with one line', async () => {
  const folder = await newFolder();
  for (const verb of ['queues', 'logs']) {
    const cli = spawnCli([verb], folder);
    expect(await cli.ended()).toBe(1);
    expect(cli.stderr()).toBe(
      'background-jobs: nothing runs for cdk.out; start it with "background-jobs dev"\n',
    );
  }
});

test('dev --json tells what happens as lines of JSON, without the variables of functions', async () => {
  // GIVEN
  const { folder, cli, call } = await started('--json');
  const parsed = () =>
    cli
      .stdout()
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
  const [{ url }] = parsed().find(({ event }) => event === 'started').functionUrls;

  // WHEN
  await call(url, 'hello');
  await cli.printed(/"hello"/);
  await writeFile(join(folder, 'handler.js'), 'exports.handler = async () => 1;');
  await cli.printed(/"reloaded"/);
  await writeFile(join(folder, 'handler.js'), 'no javascript');
  await cli.printed(/"reloadFailed"/);
  cli.process.kill('SIGINT');
  expect(await cli.ended()).toBe(0);

  // THEN
  expect(parsed()).toMatchObject([
    { event: 'log', text: 'loading' },
    { event: 'started', queues: [{ constructPath: 'Queue' }, {}, {}], functions: [{ constructPath: 'Api' }] },
    { event: 'log', constructPath: 'Api', text: 'hello' },
    { event: 'reloaded', functions: ['Api'] },
    { event: 'reloadFailed', message: expect.stringContaining('the function does not start') },
    { event: 'stopped', at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
  ]);
  expect(cli.stdout()).not.toContain('"environment":{}');
});

test('dev --data goes on after a restart, and after being killed', async () => {
  const { folder } = await newProject(SAYING, WITH_DEAD_LETTERS);
  for (const [body, signal] of [
    ['first', 'SIGINT'],
    ['second', 'SIGKILL'],
  ] as const) {
    const cli = spawnCli(['dev', '--port', '0', '--data', '.data'], folder);
    await cli.printed(/Ctrl-C stops it/);
    const state = await readDevState(join(folder, 'cdk.out'));
    const QueueUrl = state.queues[0]?.url;
    await new SQSClient(clientOptions(state)).send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
    const saved = () => readFile(join(folder, '.data', 'state.jsonl'), 'utf8').catch(() => '');
    if (signal === 'SIGKILL') await expect.poll(saved, { timeout: 20_000 }).toContain(body);
    cli.process.kill(signal);
    await cli.ended();
  }

  const cli = spawnCli(['dev', '--port', '0', '--data', '.data'], folder);
  await cli.printed(/Ctrl-C stops it/);
  const queues = spawnCli(['queues', '--json'], folder);
  await queues.ended();
  expect(JSON.parse(queues.stdout().split('\n')[0] ?? '')).toMatchObject({ queue: 'Queue', waiting: 2 });
});

test("shows the stack of a handler's error in the lines of its TypeScript source", async () => {
  // GIVEN a handler that is bundled as TaskQueue does it
  const project = await newFolder();
  await writeFile(
    join(project, 'handler.ts'),
    `interface Nothing {}

export async function handler(): Promise<Nothing> {
  throw new Error('as expected');
}
`,
  );
  const { outputFiles = [] } = await build({
    entryPoints: [join(project, 'handler.ts')],
    bundle: true,
    minify: true,
    platform: 'node',
    sourcemap: true,
    sourcesContent: false,
    outfile: join(project, 'index.js'),
    write: false,
  });
  const resources = {
    Fn: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Bucket: 'assets', S3Key: 'fn' },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Environment: { Variables: { NODE_OPTIONS: '--enable-source-maps' } },
      },
    },
    Url: { Type: 'AWS::Lambda::Url', Properties: { AuthType: 'AWS_IAM', TargetFunctionArn: { Ref: 'Fn' } } },
  };
  const written = await writeAssembly({ Shop: { template: { Resources: resources } } }, { fn: '' });
  const assembly = join(project, 'cdk.out');
  await cp(written, assembly, { recursive: true });
  for (const file of outputFiles) {
    await writeFile(join(assembly, 'asset.fn', file.path.split('/').at(-1) ?? ''), file.contents);
  }

  // WHEN
  const cli = spawnCli(['dev', '--app', 'cdk.out', '--port', '0'], project);
  const [, url = ''] = await cli.printed(/Functions\n {2}Fn {2}(http\S+)\n/);
  await fetch(url);

  // THEN
  await cli.printed(/\[Fn\] Error: as expected/);
  const [, place] = await cli.printed(/\[Fn\] {5}at (?:\S+ \()?(\S+handler\.ts:4:\d+)/);
  expect(place).toContain(`${project}/handler.ts:4`);
});
