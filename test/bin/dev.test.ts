// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the notation of Fn::Sub
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readDevState } from '../../bin/commands/dev-state.ts';
import { eventually } from '../eventually.ts';
import { newFolder, writeAssembly } from '../local/engine/written-assembly.ts';
import { spawnCli } from './spawned-cli.ts';

const QUEUES = '[{"url":"${Queue}","deadLetterUrl":"d","table":"t","tasks":["it\'s"]}]';
const SHOP = {
  Resources: {
    Queue: { Type: 'AWS::SQS::Queue' },
    Api: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Bucket: 'assets', S3Key: 'api' },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Environment: { Variables: { BACKGROUND_JOBS: { 'Fn::Sub': QUEUES } } },
      },
    },
    Url: {
      Type: 'AWS::Lambda::Url',
      Properties: { AuthType: 'AWS_IAM', TargetFunctionArn: { 'Fn::GetAtt': ['Api', 'Arn'] } },
    },
  },
};
const API = 'console.log("pid=" + process.pid); exports.handler = async () => console.log("called");';
const assembly = () => writeAssembly({ Shop: { template: SHOP } }, { api: API });

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test.each([
  'SIGINT',
  'SIGTERM',
] as const)('runs until %s, and leaves no process and no state behind', async signal => {
  // GIVEN
  const folder = await assembly();
  const cli = spawnCli(['dev', '--app', folder, '--port', '0']);
  await cli.printed(/Ctrl-C stops it/);
  const handler = Number((await cli.printed(/pid=(\d+)/))[1]);
  expect(isRunning(handler)).toBe(true);
  expect((await readDevState(folder)).pid).toBe(cli.process.pid);

  // WHEN
  cli.process.kill(signal);

  // THEN
  expect(await cli.ended()).toBe(0);
  expect(cli.stderr()).toBe('');
  await eventually(() => expect(isRunning(handler)).toBe(false));
  expect(existsSync(join(folder, 'background-jobs-dev.json'))).toBe(false);
});

test('prints what runs, and variables that a shell takes', async () => {
  const cli = spawnCli(['dev', '--app', await assembly(), '--port', '0']);
  const [, endpoint] = await cli.printed(/export AWS_ENDPOINT_URL=(http:\/\/127\.0\.0\.1:\d+)\n/);
  const [, queueUrl] = await cli.printed(/Queues\n {2}Queue {2}(\S+)\n/);
  expect(queueUrl).toContain(`${endpoint}/000000000000/Shop-Queue-`);
  const expected = `[{"url":"${queueUrl}","deadLetterUrl":"d","table":"t","tasks":["it'\\''s"]}]`;
  expect(cli.stdout()).toContain(`export BACKGROUND_JOBS='${expected}'\n`);
});

test('streams what functions write behind their names, without colours where there is no terminal', async () => {
  const cli = spawnCli(['dev', '--app', await assembly(), '--port', '0']);
  const [, url] = await cli.printed(/Functions\n {2}Api {2}(http\S+)\n/);
  await fetch(url ?? '');
  await cli.printed(/^\[Api\] called$/m);
});

test('synthesizes the app of cdk.json', async () => {
  const folder = await newFolder();
  const app = `import { cpSync } from 'node:fs'; cpSync('${await assembly()}', process.env.CDK_OUTDIR, { recursive: true });`;
  await writeFile(join(folder, 'app.mjs'), app);
  await writeFile(join(folder, 'cdk.json'), JSON.stringify({ app: 'node app.mjs' }));
  const cli = spawnCli(['dev', '--port', '0'], folder);
  await cli.printed(/Ctrl-C stops it/);
  expect(existsSync(join(folder, 'cdk.out', 'manifest.json'))).toBe(true);
});

test.each<[what: string, args: () => Promise<string[]>, message: RegExp]>([
  [
    'a folder without an app',
    async () => ['--app', await newFolder()],
    /neither a cdk\.json nor a cloud assembly/,
  ],
  ['an unknown stack', async () => ['--app', await assembly(), '--stack', 'Nope'], /there is no stack Nope/],
  [
    'a port that is taken',
    async () => ['--app', await assembly(), '--port', await takenPort()],
    /Port \d+ is taken/,
  ],
  [
    'a handler that is not exported',
    async () => ['--app', await writeAssembly({ Shop: { template: SHOP } }, { api: '' }), '--port', '0'],
    /Shop\/Api: the function does not start: .*handler/,
  ],
])('fails for %s with one line and exit code 1', async (_what, args, message) => {
  const cli = spawnCli(['dev', ...(await args())]);
  expect(await cli.ended()).toBe(1);
  expect(cli.stderr()).toMatch(message);
  expect(cli.stderr()).toMatch(/^background-jobs: [^\n]+\n$/);
});

async function takenPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return String((server.address() as AddressInfo).port);
}

test('does not take the state of a killed dev for a running one', async () => {
  const folder = await assembly();
  const cli = spawnCli(['dev', '--app', folder, '--port', '0']);
  await cli.printed(/Ctrl-C stops it/);
  const handler = Number((await cli.printed(/pid=(\d+)/))[1]);
  cli.process.kill('SIGKILL');
  await cli.ended();
  await expect(readDevState(folder)).rejects.toThrow(`nothing runs for ${folder}`);
  await vi.waitFor(() => expect(isRunning(handler)).toBe(false), 10_000);
});
