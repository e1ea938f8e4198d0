import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import {
  type Client,
  createClient,
  type QueueConfig,
  type Run,
  type TaskDefinition,
} from 'cdk-background-jobs/tasks';
import { type LocalApp, startLocal } from 'cdk-background-jobs/testing';
import * as tasks from '../app/tasks.ts';
import { type RunningExports, startExports } from './exports.ts';
import { startExternalService } from './external-service.ts';
import { startMailServer } from './mail-server.ts';
import { countDone, findWrongAvatars, type Outside, readDeadLetters, settleAccount } from './outside-view.ts';
import { deadLetterTable, formatMs, percentile, summaryLine, taskTable } from './report.ts';
import { type SendReport, sendEverything } from './send-everything.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const OUTPUT = join(PROJECT, 'out');
const UPLOADS = fileURLToPath(new URL('./uploads', import.meta.url));
const GIVE_UP_AFTER_MS = 55_000;

const mail = await startMailServer();
const external = await startExternalService();
console.log('Synthesizing the example stack and starting it on this machine …');
const local = await startLocal({
  app: PROJECT,
  stacks: ['BackgroundJobsExample', 'BackgroundJobsExports'],
  parameters: { SmtpHost: '127.0.0.1', SmtpPort: String(mail.port), ExternalUrl: external.url },
});
try {
  process.exitCode = await demonstrate(local);
  if (process.argv.includes('--keep')) await keepRunning(local);
} finally {
  await local.stop();
  await mail.stop();
  await external.stop();
}

/** @returns the exit code: 0 when everything that was sent is accounted for, and is right */
async function demonstrate(app: LocalApp): Promise<number> {
  const s3 = new S3Client(app.clientConfig);
  const sqs = new SQSClient(app.clientConfig);
  const client = createClient({ queues: queuesOf(app), sqs, dynamodb: new DynamoDBClient(app.clientConfig) });
  const { ApiUrl: apiUrl = '', ImagesBucket: bucket = '' } = app.outputs.BackgroundJobsExample ?? {};
  const queueUrl = queuesOf(app).find(queue => queue.tasks.includes(tasks.resizeAvatar.name))?.url ?? '';
  const outside: Outside = {
    mail,
    external,
    s3,
    bucket,
    sqs,
    deadLetterUrls: queuesOf(app).map(queue => queue.deadLetterUrl),
  };

  const report = await sendEverything({ apiUrl, bucket, queueUrl, s3, sqs, client });
  console.log(`Sent ${report.items.length} tasks; POST /users answered in ${answerTimes(report)}.`);
  const exports = await startExports(app);
  await watch(report, outside, exports);
  const exported = await exports.conclude();
  console.log(`\nExported:\n  ${exported.lines.join('\n  ')}`);
  const exitCode = await conclude(report, outside, client);
  return exported.right ? exitCode : 1;
}

/** What the constructs wrote into the functions' environments. */
function queuesOf(app: LocalApp): readonly QueueConfig[] {
  return app.functions
    .flatMap(({ environment }) => JSON.parse(environment.BACKGROUND_JOBS ?? '[]') as QueueConfig[])
    .filter(queue => queue.consumer);
}

/** Shows progress until every effect has been seen or time is up. */
async function watch({ items }: SendReport, outside: Outside, exports: RunningExports): Promise<void> {
  const expected = items.filter(item => !item.duplicate).length;
  const startedAt = performance.now();
  for (;;) {
    const done = await countDone(items, outside);
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const exported = await exports.progress();
    const line = `${String(seconds).padStart(3)} s  ${done} of ${expected} done or dead-lettered; exports: ${exported}`;
    process.stdout.write(process.stdout.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
    if (done >= expected || performance.now() - startedAt > GIVE_UP_AFTER_MS) break;
    await setTimeout(process.stdout.isTTY ? 250 : 2000);
  }
  if (process.stdout.isTTY) process.stdout.write('\n');
}

async function conclude({ items }: SendReport, outside: Outside, client: Client): Promise<number> {
  const letters = await readDeadLetters(outside);
  const account = await settleAccount(items, letters, outside);
  const wrongAvatars = await findWrongAvatars(outside, items, await readUploads(), keepOutput);
  if (outside.mail.latest) await keepOutput('mails/latest.eml', Buffer.from(outside.mail.latest));

  console.log(`\n${taskTable(items, await readRuns(client))}`);
  console.log(`\n${deadLetterTable(letters)}`);
  console.log(
    `\nThe avatars and a mail are in ${join(OUTPUT, '/')}; ${outside.mail.mailsByAddress.size} people got a mail,`,
  );
  console.log(
    `the external service saw ${outside.external.requests} requests for ${outside.external.syncsByAccount.size} accounts.`,
  );
  for (const { task, subject } of account.lost) console.error(`lost: ${task} ${subject}`);
  for (const { task, subject } of account.doubled) console.error(`happened twice: ${task} ${subject}`);
  for (const key of wrongAvatars) console.error(`not the right picture: ${key}`);
  const sum = account.succeeded + account.deadLettered + account.duplicatesSuppressed;
  console.log(summaryLine(account));
  const right = sum === account.sent && account.doubled.length === 0 && wrongAvatars.length === 0;
  return right ? 0 : 1;
}

function answerTimes({ answerTimesMs }: SendReport): string {
  return `${formatMs(percentile(answerTimesMs, 0.5))} (p50), ${formatMs(percentile(answerTimesMs, 0.95))} (p95)`;
}

async function readRuns(client: Client): Promise<Map<string, readonly Run[]>> {
  const runs = new Map<string, Run[]>();
  for (const task of Object.values(tasks)) runs.set(task.name, await readAll(client, task));
  return runs;
}

async function readAll(client: Client, task: TaskDefinition): Promise<Run[]> {
  const runs: Run[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.listRuns({ task, limit: 100, ...(cursor && { cursor }) });
    runs.push(...page.runs);
    cursor = page.cursor;
  } while (cursor);
  return runs;
}

async function readUploads(): Promise<Map<string, Buffer>> {
  const names = await readdir(UPLOADS);
  return new Map(
    await Promise.all(names.map(async name => [name, await readFile(join(UPLOADS, name))] as const)),
  );
}

async function keepOutput(key: string, content: Buffer): Promise<void> {
  const file = join(OUTPUT, key);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

async function keepRunning(app: LocalApp): Promise<void> {
  console.log(`\nThe stack stays up until Ctrl-C. In another shell:`);
  for (const [name, value] of Object.entries(app.clientEnvironment)) console.log(`  export ${name}=${value}`);
  await new Promise<void>(resolve => process.once('SIGINT', resolve).once('SIGTERM', resolve));
}
