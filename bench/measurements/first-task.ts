import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createClient, type QueueConfig } from 'cdk-background-jobs/tasks';
import { doNothing, makePayload } from '../app/do-nothing.ts';
import type { Bench } from '../harness/bench.ts';
import { atMost, type Figure } from '../harness/figure.ts';
import { median } from '../harness/take-turns.ts';

const packageFile = createRequire(import.meta.url).resolve('cdk-background-jobs/package.json');
const command = join(dirname(packageFile), 'dist/bin/cli.mjs');

/** From `background-jobs dev` in the shell to the end of the first task, sent as soon as it says where. */
export async function firstTask({ assembly, quick }: Bench): Promise<readonly Figure[]> {
  const seconds: number[] = [];
  for (let round = 0; round < (quick ? 1 : 5); round++) seconds.push(await startAndRun(assembly.folder));
  return [
    atMost(3, {
      name: 'local-first-task-seconds',
      value: median(seconds),
      unit: 's',
      how: `background-jobs dev of a synthesized stack with one task queue, to its first succeeded run; median of ${seconds.length}`,
    }),
  ];
}

async function startAndRun(assemblyFolder: string): Promise<number> {
  const start = performance.now();
  const args = [command, 'dev', '--app', assemblyFolder, '--stack', 'Small', '--port', '0'];
  const dev = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const client = connect(await exportsOf(dev.stdout));
    const { runId } = await client.sendTask(doNothing, makePayload(1));
    const { status } = await client.waitForRun(runId, { timeout: '30s' });
    if (status !== 'succeeded') throw new Error(`the first run is ${status}`);
    return (performance.now() - start) / 1000;
  } finally {
    dev.kill('SIGTERM');
    await once(dev, 'exit');
  }
}

/** The variables that `dev` prints for other shells, the queues last. */
async function exportsOf(output: NodeJS.ReadableStream): Promise<Record<string, string>> {
  const variables: Record<string, string> = {};
  for await (const line of createInterface({ input: output })) {
    const [, name, value = ''] = /^ *export (\w+)=(.*)$/.exec(line) ?? [];
    if (name) variables[name] = value.replace(/^'(.*)'$/, '$1');
    if (name === 'BACKGROUND_JOBS') return variables;
  }
  throw new Error('background-jobs dev ended before it ran');
}

function connect(variables: Readonly<Record<string, string>>) {
  const { AWS_ENDPOINT_URL: endpoint = '', AWS_REGION: region = '', BACKGROUND_JOBS = '[]' } = variables;
  const config = { endpoint, region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  return createClient({
    queues: JSON.parse(BACKGROUND_JOBS) as QueueConfig[],
    sqs: new SQSClient(config),
    dynamodb: new DynamoDBClient(config),
  });
}
