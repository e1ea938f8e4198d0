import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, gunzipSync } from 'node:zlib';
import { ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { App, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { ExportWorkflow } from 'cdk-background-jobs';
import { createDownloadUrl, type ExportedFile } from 'cdk-background-jobs/tasks';
import {
  type ManualTimeApp,
  type Notification,
  type RequestFault,
  startLocal,
} from 'cdk-background-jobs/testing';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { exportNumbers } from './fixtures/exports.ts';

/** The export as it is synthesized, by the clock of the test, with permissions on. */
let local: ManualTimeApp;
let s3: S3Client;
const notifications: Notification[] = [];

beforeAll(async () => {
  const outdir = await mkdtemp(join(tmpdir(), 'background-jobs-exports-'));
  const app = new App({ outdir });
  const stack = new Stack(app, 'Shop');
  new ExportWorkflow(stack, 'Numbers', {
    definition: exportNumbers,
    entry: 'test/scenarios/fixtures/export-numbers.ts',
    topic: new Topic(stack, 'Ready'),
  });
  local = await startLocal({
    app,
    time: 'manual',
    startAt: new Date('2030-01-01T00:00:00Z'),
    onNotification: notification => notifications.push(notification),
  });
  s3 = new S3Client(local.clientConfig);
  return async () => {
    await local.stop();
    await rm(outdir, { recursive: true });
  };
});
afterEach(() => local.faults.clear());

const clock = {
  now: () => local.now().getTime(),
  sleep: () => Promise.reject(new Error('nothing waits here')),
};

const PAGES = 5;
const REQUEST = { tenantId: 'acme', pages: PAGES } as const;

const start = async (more: object = {}) =>
  (await local.workflows.startWorkflow(exportNumbers, { ...REQUEST, ...more })).runId;
const get = (runId: string) => local.workflows.getWorkflowRun(exportNumbers, runId);

interface Numbered {
  readonly id: number | string;
  readonly text: string;
}

/** All that S3 has of a run. */
async function inS3(runId: string): Promise<string[]> {
  const Bucket = local.buckets[0]?.name ?? '';
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  const found = [...Contents.map(({ Key }) => Key ?? ''), ...Uploads.map(({ Key }) => `upload of ${Key}`)];
  return found.filter(key => key.includes(`/${runId}/`));
}

async function download(file: ExportedFile): Promise<Buffer> {
  const response = await fetch(await createDownloadUrl(file, { s3, clock }));
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

/** Of the function alone. */
const ofFunction = (fault: Omit<RequestFault, 'caller'>): RequestFault => ({
  ...fault,
  caller: local.functions[0]?.name ?? '',
});

/** Lets time pass, a minute at a time: the end of a process that is killed is noticed by whoever waits for it. */
async function untilEnded(runId: string): Promise<void> {
  for (let minutes = 0; minutes < 60; minutes++) {
    await local.advance('1m');
    if ((await get(runId))?.finishedAt) return;
  }
}

/** The run has its file, with every row once, and nothing else. */
async function expectWholeFile(runId: string): Promise<void> {
  const run = await get(runId);
  expect(run).toMatchObject({ status: 'succeeded', output: { rows: PAGES * 8 } });
  if (!run?.output) throw new Error('there is no output');
  const rows = (await download(run.output)).toString().trimEnd().split('\n');
  expect(rows.map(line => (JSON.parse(line) as { id: number }).id)).toEqual(
    Array.from({ length: PAGES * 8 }, (_, id) => id),
  );
  expect(await inS3(runId)).toEqual([run.output.key]);
}

test('from a request to a link: prepared, read, written, told of', async () => {
  // GIVEN a source that is not ready yet
  const runId = await start({ readyAt: clock.now() + 95_000 });
  await local.advance('90s');
  expect((await get(runId))?.output).toBeUndefined();
  expect(notifications).toEqual([]);

  // WHEN
  await untilEnded(runId);

  // THEN
  await expectWholeFile(runId);
  expect((await get(runId))?.progress).toEqual({ fraction: 1, message: '40 of 40 rows' });
  const told: unknown[] = notifications.map(({ message }) => JSON.parse(message));
  expect(told).toEqual([{ runId, file: (await get(runId))?.output }]);
});

test('two starts of one key are one file', async () => {
  const options = { idempotencyKey: 'acme-january' };
  const first = await local.workflows.startWorkflow(exportNumbers, REQUEST, options);
  const second = await local.workflows.startWorkflow(exportNumbers, REQUEST, options);
  await untilEnded(first.runId);
  expect(second.runId).toBe(first.runId);
  await expectWholeFile(first.runId);
});

/** The requests to S3 of one run are some fifteen. */
const REQUESTS = [0, 3, 6, 9];

describe.each(['crashBefore', 'crashAfter', 'lostAnswer'] as const)('%s, at a request to S3', kind => {
  test.each(REQUESTS)('%d: no row is lost, none is there twice', async skip => {
    const fault = local.faults.add(ofFunction({ service: 's3', kind, skip, times: 1 }));
    const runId = await start();
    await untilEnded(runId);
    expect(fault.count).toBe(1);
    await expectWholeFile(runId);
  });
});

test.each([
  ['S3', { service: 's3', kind: 'throttle', times: 7 }],
  ['S3, often', { service: 's3', kind: 'throttle', probability: 0.4, seed: 7 }],
  ['S3, by errors of its own', { service: 's3', kind: 'serverError', times: 7 }],
  ['DynamoDB', { service: 'dynamodb', kind: 'throttle', times: 7 }],
  ['DynamoDB, in the middle', { service: 'dynamodb', kind: 'throttle', skip: 4, times: 7 }],
] as const)('%s held back: the export is late, and whole', async (_, fault) => {
  const added = local.faults.add(ofFunction(fault));
  const runId = await start();
  await untilEnded(runId);
  expect(added.count).toBeGreaterThan(5);
  await expectWholeFile(runId);
});

test('a page that always fails, fails the run, which says so, and leaves nothing', async () => {
  const runId = await start({ broken: 3 });
  await untilEnded(runId);
  await local.advance('5m');
  expect(await get(runId)).toMatchObject({
    status: 'failed',
    error: { name: 'Error', message: 'page 3 cannot be read' },
  });
  expect(await inS3(runId)).toEqual([]);
});

describe.each(REQUESTS)('while request %d to S3 is under way', skip => {
  const slow = () =>
    local.faults.add(ofFunction({ service: 's3', kind: 'latency', latencyMs: 60_000, skip, times: 1 }));

  test('a canceled run leaves nothing', async () => {
    const fault = slow();
    const runId = await start();
    await local.advance('30s');
    expect(fault.count).toBe(1);
    await local.workflows.cancelWorkflowRun(exportNumbers, runId);
    await local.advance('1h');
    expect((await get(runId))?.status).toBe('canceled');
    expect(await inS3(runId)).toEqual([]);
  });

  test('a run that is timed out leaves no file and no upload', async () => {
    // More than there are attempts in thirty minutes; what is left of them, the clean-up meets, and is tried again.
    // A first checkpoint that arrives hours after it stays until the bucket's rule deletes it.
    const fault = local.faults.add(
      ofFunction({ service: 's3', kind: 'latency', latencyMs: 2 * 3_600_000, skip, times: 5 }),
    );
    const runId = await start();
    await untilEnded(runId);
    expect((await get(runId))?.status).toBe('timedOut');
    await local.advance('3h');
    expect(fault.count).toBeGreaterThan(2);
    expect((await inS3(runId)).filter(key => !key.endsWith('/checkpoint.json'))).toEqual([]);
  });
});

test('a run that is canceled, or timed out, while it is not ready leaves nothing', async () => {
  const readyAt = clock.now() + 3_600_000;
  const [canceled, late] = [await start({ readyAt }), await start({ readyAt })];
  await local.advance('5m');
  await local.workflows.cancelWorkflowRun(exportNumbers, canceled);
  await local.advance('1h');
  expect((await get(canceled))?.status).toBe('canceled');
  expect(await get(late)).toMatchObject({ status: 'failed', error: { name: 'WaitTimeout' } });
  expect([...(await inS3(canceled)), ...(await inS3(late))]).toEqual([]);
});

/** By readers that have nothing to do with how they were written. */
const READERS = {
  csv: (text: string) => parse<Numbered>(text, { columns: true }),
  json: (text: string) => JSON.parse(text) as Numbered[],
  ndjson: (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Numbered),
};

test.each([
  ['csv', false],
  ['csv', true],
  ['json', false],
  ['json', true],
  ['ndjson', true],
] as const)('the request says that it is %s, and compressed: %s', async (format, gzip) => {
  const runId = await start({ format, gzip, pages: 2 });
  await untilEnded(runId);
  const output = (await get(runId))?.output;
  if (!output) throw new Error('there is no output');
  const bytes = await download(output);
  expect(output).toMatchObject({
    fileName: `numbers.${format}${gzip ? '.gz' : ''}`,
    rows: 16,
    bytes: bytes.length,
    crc32: crc32(bytes).toString(16).padStart(8, '0'),
  });
  const rows = READERS[format]((gzip ? gunzipSync(bytes) : bytes).toString());
  expect(rows.map(({ id }) => Number(id))).toEqual(Array.from({ length: 16 }, (_, id) => id));
  expect(rows.every(({ text }) => text === 'x'.repeat(600_000))).toBe(true);
});
