import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { readExportManifest } from '../../client/export/read-export-manifest.ts';
import { defineExport } from '../../contract/export/define-export.ts';
import type { ExportedFile } from '../../contract/export/exported-file.ts';
import { csv } from '../../lambda/export/csv.ts';
import type { ExportHandler } from '../../lambda/export/export-handler.ts';
import { type StartedS3, startS3 } from '../local/s3/start-s3.ts';
import { startExports } from './start-exports.ts';

let s3: StartedS3;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.stop());

const request = z.object({ tenantId: z.string(), region: z.string().default('all') });
type Request = z.output<typeof request>;
type Handler = ExportHandler<Request, { id: string }, number, z.input<typeof request>>;

const regional = defineExport({ name: 'regional', request, partitions: { concurrency: 2 } });

const REGIONS = ['africa', 'asia', 'europe'];

/** Two pages of a row for each region. */
const handler: Handler = {
  tenant: ({ tenantId }) => tenantId,
  format: csv(),
  partitions: ({ tenantId }) => REGIONS.map(region => ({ name: region, request: { tenantId, region } })),
  readPage: ({ region }, cursor = 1) => ({
    rows: [{ id: `${region}-${cursor}` }],
    nextCursor: cursor < 2 ? cursor + 1 : undefined,
    total: 2,
  }),
};

const started = (over: Partial<Handler> = {}) => startExports(s3, regional, { ...handler, ...over });

async function textOf({ key }: ExportedFile): Promise<string | undefined> {
  const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: 'photos', Key: key }));
  return await Body?.transformToString();
}

test('each partition is a file, and a manifest tells of them all', async () => {
  const { start, get, advanceTo, inS3 } = await started();
  const runId = await start({ tenantId: 'acme' });
  await advanceTo(0);

  const run = await get(runId);
  expect(run).toMatchObject({
    status: 'succeeded',
    progress: { fraction: 1, message: '6 rows in 3 files' },
    output: { fileName: 'regional.manifest.json', contentType: 'application/json', rows: 6 },
  });
  if (!run?.output) throw new Error('there is no output');
  const { files, ...manifest } = await readExportManifest(run.output, { s3: s3.client });
  expect(manifest).toEqual({ export: 'regional', runId, rows: 6, bytes: 3 * 4 + 2 * (10 + 8 + 10) });
  expect(files.map(({ fileName, rows }) => [fileName, rows])).toEqual(
    REGIONS.map(region => [`regional-${region}.csv`, 2]),
  );
  expect(await Promise.all(files.map(textOf))).toEqual(
    REGIONS.map(region => `id\r\n${region}-1\r\n${region}-2\r\n`),
  );
  expect(await inS3(runId)).toEqual([...files, run.output].map(({ key }) => key).sort());
});

test('progress is that of all partitions together', async () => {
  let seen: unknown;
  const { start, get, advanceTo } = await started({
    async readPage(given, cursor = 1, run) {
      // The last partition begins once another has ended.
      if (given.region === 'europe') seen = (await get(run.runId))?.progress;
      return await handler.readPage(given, cursor, run);
    },
  });
  await start({ tenantId: 'acme' });
  await advanceTo(0);
  expect(seen).toMatchObject({ message: expect.stringMatching(/^[24] rows, [12] of 3 partitions$/) });
});

test('when one partition fails, the files of the others are removed', async () => {
  const { start, get, advanceTo, inS3 } = await started({
    readPage(given, cursor, run) {
      if (given.region === 'europe') throw new Error('no europe today');
      return handler.readPage(given, cursor, run);
    },
  });
  const runId = await start({ tenantId: 'acme' });
  await advanceTo(300_000);
  expect(await get(runId)).toMatchObject({ status: 'failed', error: { message: 'no europe today' } });
  expect(await inS3(runId)).toEqual([]);
});

test('a run that is redriven writes what was removed again', async () => {
  let broken = true;
  let seen: unknown;
  const { start, client, get, advanceTo, inS3 } = await started({
    async readPage(given, cursor, run) {
      if (broken && given.region === 'europe') throw new Error('no europe today');
      if (!broken && given.region === 'africa') seen ??= (await get(run.runId))?.progress;
      return handler.readPage(given, cursor, run);
    },
  });
  const runId = await start({ tenantId: 'acme' });
  await advanceTo(300_000);
  broken = false;
  await client.redriveWorkflowRun(regional, runId);
  await advanceTo(0);
  const run = await get(runId);
  expect(run).toMatchObject({ status: 'succeeded', output: { rows: 6 } });
  expect(await inS3(runId)).toHaveLength(4);
  // What was removed does not count.
  expect(seen).toMatchObject({ message: '2 rows, 1 of 3 partitions' });
});

test('an export of no partitions is a manifest of no files', async () => {
  const { start, get, advanceTo } = await started({ partitions: () => [] });
  const runId = await start({ tenantId: 'acme' });
  await advanceTo(0);
  expect(await get(runId)).toMatchObject({ status: 'succeeded', output: { rows: 0 } });
});

const one = (name: unknown) => [{ name, request: { tenantId: 'acme' } }];

test.each([
  [one('a/b'), "a partition's name must be 1 to 128"],
  [
    [...one('a'), ...one('a')],
    "each partition must have a name of its own, which its file is named after, got 'a' twice",
  ],
  [[null], "a partition's name must be 1 to 128"],
  ['europe', 'partitions must answer a list of at most 500 { name, request }, got string'],
  [Array.from({ length: 501 }, () => null), 'got 501 of them'],
  [[{ name: 'a', request: { tenantId: 7 } }], "the request of export 'regional'"],
])('refuses the partitions %j', async (partitions, message) => {
  const { start, get, advanceTo, inS3 } = await started({ partitions: () => partitions as never });
  const runId = await start({ tenantId: 'acme' });
  await advanceTo(0);
  expect((await get(runId))?.error?.message).toContain(message);
  expect(await inS3(runId)).toEqual([]);
});
