import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { defineExport } from '../../contract/export/define-export.ts';
import { defineStep } from '../../contract/workflow/step.ts';
import { createExport } from '../../lambda/export/create-export.ts';
import { csv } from '../../lambda/export/csv.ts';
import type { ExportHandler } from '../../lambda/export/export-handler.ts';
import { jsonArray } from '../../lambda/export/json.ts';
import { handleStep } from '../../lambda/workflow/handle-step.ts';
import { type StartedS3, startS3 } from '../local/s3/start-s3.ts';
import { exportOrders as orders, request } from './export-orders.ts';
import { startExports } from './start-exports.ts';

let s3: StartedS3;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.stop());

type Request = z.output<typeof request>;
interface Row {
  readonly id: number;
}

const pages = (count: number): ExportHandler<Request, Row, number> => ({
  tenant: ({ tenantId }) => tenantId,
  format: ({ format }) => (format === 'csv' ? csv() : jsonArray()),
  readPage: (_, cursor = 1) => ({
    rows: [{ id: cursor }],
    nextCursor: cursor < count ? cursor + 1 : undefined,
    total: count,
  }),
});

async function textOf(key = ''): Promise<string | undefined> {
  const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: 'photos', Key: key }));
  return await Body?.transformToString();
}

test('a request becomes a file, and nothing else is left', async () => {
  const { start, get, advanceTo, inS3 } = await startExports(s3, orders, pages(3));
  const runId = await start({ tenantId: 'acme' });
  await advanceTo(0);
  const run = await get(runId);
  expect(run).toMatchObject({
    status: 'succeeded',
    progress: { fraction: 1, message: '3 of 3 rows' },
    output: { bucket: 'photos', fileName: 'orders.csv', rows: 3, bytes: 13 },
  });
  expect(await textOf(run?.output?.key)).toBe('id\r\n1\r\n2\r\n3\r\n');
  expect(await inS3(runId)).toEqual([run?.output?.key]);
});

test('the request says in which format', async () => {
  const { start, get, advanceTo } = await startExports(s3, orders, pages(1));
  const runId = await start({ tenantId: 'acme', format: 'json' });
  await advanceTo(0);
  expect(await textOf((await get(runId))?.output?.key)).toBe('[\n{"id":1}\n]\n');
});

test('an export is prepared first, asking until there is something to read', async () => {
  const prepared = defineExport({ name: 'prepared', request, prepare: { every: '30s', timeout: '10m' } });
  let asked = 0;
  const { start, get, advanceTo } = await startExports(s3, prepared, {
    ...pages(1),
    prepare: () => ++asked === 3,
  });
  const runId = await start({ tenantId: 'acme' });
  await advanceTo(59_999);
  expect((await get(runId))?.status).toBe('running');
  await advanceTo(1);
  expect((await get(runId))?.status).toBe('succeeded');
});

test('it is told of as its definition says, and ends with the file nevertheless', async () => {
  const told: string[] = [];
  const tell = defineStep({ name: 'tell', input: z.object({ key: z.string() }), output: z.null() });
  const definition = defineExport({
    name: 'told',
    request,
    notify: flow => flow.step(tell, ({ value }) => ({ key: value.key })),
  });
  const { start, get, advanceTo } = await startExports(s3, definition, pages(1), {
    steps: [
      handleStep(tell, ({ key }) => {
        told.push(key);
        return null;
      }),
    ],
  });
  const runId = await start({ tenantId: 'acme' });
  await advanceTo(0);
  const run = await get(runId);
  expect(run?.output?.rows).toBe(1);
  expect(told).toEqual([run?.output?.key]);
});

test('a page that always fails, fails the run, and leaves nothing', async () => {
  const readPage = () => {
    throw new Error('the source is down');
  };
  const { start, get, advanceTo, inS3 } = await startExports(s3, orders, { ...pages(1), readPage });
  const runId = await start({ tenantId: 'acme' });
  await advanceTo(300_000);
  expect(await get(runId)).toMatchObject({ status: 'failed', error: { message: 'the source is down' } });
  expect((await get(runId))?.steps).toHaveLength(6);
  expect(await inS3(runId)).toEqual([]);
});

test('what another attempt cannot help, fails at once', async () => {
  const readPage = () => ({ rows: [], nextCursor: 7 });
  const { start, get, advanceTo, inS3 } = await startExports(s3, orders, { ...pages(1), readPage });
  const runId = await start({ tenantId: 'acme' });
  await advanceTo(0);
  expect(await get(runId)).toMatchObject({
    status: 'failed',
    error: { message: expect.stringContaining('The cursor 7 has come again after 1 pages') },
  });
  expect(await inS3(runId)).toEqual([]);
});

test('a canceled run leaves nothing, and its process stops', async () => {
  let cancel: () => Promise<unknown> = async () => undefined;
  let read = 0;
  const { start, get, clock, client, advanceTo, inS3 } = await startExports(s3, orders, {
    ...pages(1),
    async readPage(_: Request, cursor: number | undefined = 1) {
      read += 1;
      clock.advance(1000);
      if (read === 3) await cancel();
      return { rows: [{ id: cursor }], nextCursor: read < 100 ? cursor + 1 : undefined };
    },
  });
  const runId = await start({ tenantId: 'acme' });
  cancel = () => client.cancelWorkflowRun(orders, runId);
  await advanceTo(0);
  expect((await get(runId))?.status).toBe('canceled');
  // It looks every two seconds whether its run has ended.
  expect(read).toBe(4);
  expect(await inS3(runId)).toEqual([]);
});

test('a run that takes too long is timed out, and leaves nothing', async () => {
  const { start, get, clock, advanceTo, inS3 } = await startExports(s3, orders, {
    ...pages(1),
    async readPage(_: Request, cursor: number | undefined = 1) {
      clock.advance(60_000);
      return { rows: [{ id: cursor }], nextCursor: cursor + 1 };
    },
  });
  const runId = await start({ tenantId: 'acme' });
  await advanceTo(3_600_000);
  expect((await get(runId))?.status).toBe('timedOut');
  expect(await inS3(runId)).toEqual([]);
});

test('what needs longer than one run of the function goes on in the next', async () => {
  const { start, get, clock, advanceTo } = await startExports(s3, orders, {
    ...pages(20),
    readPage(_: Request, cursor: number | undefined = 1) {
      clock.advance(60_000);
      return { rows: [{ id: cursor }], nextCursor: cursor < 20 ? cursor + 1 : undefined };
    },
  });
  const runId = await start({ tenantId: 'acme' });
  await advanceTo(0);
  const run = await get(runId);
  expect(run?.steps.map(({ step }) => step)).toEqual(['write-export', 'write-export']);
  expect((await textOf(run?.output?.key))?.trimEnd().split('\r\n').slice(1).map(Number)).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
});

test('a run that failed goes on from its beginning once it is redriven', async () => {
  let broken = true;
  const { start, get, client, advanceTo } = await startExports(s3, orders, {
    ...pages(1),
    readPage(_: Request, cursor: number | undefined = 1) {
      if (broken && cursor === 2) throw new Error('the source is down');
      return { rows: [{ id: cursor }], nextCursor: cursor < 3 ? cursor + 1 : undefined };
    },
  });
  const runId = await start({ tenantId: 'acme' });
  await advanceTo(300_000);
  expect((await get(runId))?.status).toBe('failed');
  broken = false;
  await client.redriveWorkflowRun(orders, runId);
  await advanceTo(0);
  expect(await textOf((await get(runId))?.output?.key)).toBe('id\r\n1\r\n2\r\n3\r\n');
});

test.each([
  [
    orders,
    { prepare: () => true },
    "createExport has prepare, and the definition of export 'orders' has none: add it to defineExport",
  ],
  [
    defineExport({ name: 'p', request, prepare: { every: '1m', timeout: '5m' } }),
    {},
    "The definition of export 'p' has prepare, and createExport has none: add it",
  ],
])('fails at init when definition and function differ about prepare', (definition, more, message) => {
  const workflows = [{ name: definition.name, machine: 'm', table: 't' }];
  expect(() => createExport(definition, { ...pages(1), ...more }, { workflows, bucket: 'b' })).toThrow(
    message,
  );
});

test('fails at init without a bucket', () => {
  expect(() => createExport(orders, pages(1), { workflows: [] })).toThrow(
    'BACKGROUND_JOBS_EXPORT_BUCKET is not set: make the function of export',
  );
});

test('fails at init on a format that is none', () => {
  const workflows = [{ name: 'orders', machine: 'm', table: 't' }];
  const handler = { ...pages(1), format: 'csv' as never };
  expect(() => createExport(orders, handler, { workflows, bucket: 'b' })).toThrow(
    'format must be csv(), ndjson(), jsonArray() or an object like them, got "csv"',
  );
});

test('what cannot be written fails before anything is waited for or read', async () => {
  const prepared = defineExport({ name: 'prepared', request, prepare: { every: '30s', timeout: '10m' } });
  const { start, get, advanceTo } = await startExports(s3, prepared, {
    ...pages(1),
    prepare: () => {
      throw new Error('it is prepared');
    },
  });
  const runId = await start({ tenantId: 'acme/../other' });
  await advanceTo(0);
  expect((await get(runId))?.error?.message).toMatch('tenant must be 1 to 128 of');
});

test.each([
  ['another text', z.string().transform(year => `y-${year}`), (year: unknown) => String(year)],
  [
    'a date',
    z.string().transform(year => new Date(year)),
    (year: unknown) => (year as Date).toISOString().slice(0, 4),
  ],
])('a request of which its schema makes %s is made that, and once', async (_what, year, toTenant) => {
  const requests: unknown[] = [];
  const yearly = defineExport({ name: 'yearly', request: z.object({ year }) });
  const { start, get, advanceTo } = await startExports(s3, yearly, {
    tenant: ({ year }) => toTenant(year),
    format: csv(),
    readPage(request) {
      requests.push(request);
      return { rows: [{ id: 1 }] };
    },
  });
  const runId = await start({ year: '2030' });
  await advanceTo(0);
  expect(requests).toEqual([{ year: year.parse('2030') }]);
  expect((await get(runId))?.output?.key).toContain(`/${toTenant(year.parse('2030'))}/`);
});

test('a request that its schema refuses starts nothing', async () => {
  const { start, service } = await startExports(s3, orders, pages(1));
  await expect(start({ tenantId: 5 as never })).rejects.toThrow('tenantId');
  expect(service.executions()).toEqual([]);
});
