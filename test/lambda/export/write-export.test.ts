import { crc32, gunzipSync } from 'node:zlib';
import {
  CompleteMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csv } from '../../../lambda/export/csv.ts';
import type { ExportFormat } from '../../../lambda/export/export-format.ts';
import { createExportStore } from '../../../lambda/export/export-store.ts';
import { jsonArray, ndjson } from '../../../lambda/export/json.ts';
import { createObjects } from '../../../lambda/export/objects.ts';
import { removeHalfMade } from '../../../lambda/export/remove-half-made.ts';
import { type ExportWork, writeExport } from '../../../lambda/export/write-export.ts';
import { type StartedS3, startS3 } from '../../local/s3/start-s3.ts';
import { dyingAt } from './dying-client.ts';

const BUCKET = 'photos';

let s3: StartedS3;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.stop());

const PAGE_BYTES = 2.9 * 1024 * 1024;

/** Pages of three rows, three of which are a part. */
function pageOf(index: number, pages: number) {
  const rows = [0, 1, 2].map(row => ({ id: index * 3 + row, text: String(row).repeat(PAGE_BYTES / 3) }));
  return { rows, nextCursor: index + 1 < pages ? index + 1 : undefined, total: pages * 3 };
}

interface Scenario {
  readonly pages?: number;
  readonly format?: ExportFormat;
  readonly gzip?: boolean;
  /** In each invocation. */
  readonly pagesAtATime?: number;
  readonly client?: S3Client;
  readonly tellIsDue?: boolean;
  readonly readPage?: ExportWork['readPage'];
}

let runs = 0;
let lives = 0;
const newRunId = () => `run-${runs++}`;

function workOf(runId: string, scenario: Scenario = {}): ExportWork & { told: number[] } {
  const { pages = 7, format = ndjson(), gzip = false, pagesAtATime = Number.POSITIVE_INFINITY } = scenario;
  const told: number[] = [];
  let read = 0;
  return {
    told,
    store: createExportStore(
      createObjects(scenario.client ?? s3.client, BUCKET),
      { exportName: 'orders', runId },
      'file',
    ),
    bucket: BUCKET,
    newKey: () => `exports/orders/acme/${runId}/life-${lives++}/orders`,
    format: format as ExportFormat,
    gzip,
    hasTime: () => read < pagesAtATime,
    async readPage(cursor) {
      read += 1;
      return scenario.readPage ? await scenario.readPage(cursor) : pageOf(Number(cursor ?? 0), pages);
    },
    tellIsDue: () => scenario.tellIsDue ?? false,
    async tell({ rows }) {
      told.push(rows);
    },
  };
}

async function bytesOf(key: string): Promise<Buffer> {
  const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

async function uploadsUnderWay(runId: string): Promise<number> {
  const { Uploads = [] } = await s3.client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
  return Uploads.filter(({ Key }) => Key?.includes(`/${runId}/`)).length;
}

const ndjsonOf = (pages: number) =>
  Array.from({ length: pages }, (_, index) => pageOf(index, pages).rows)
    .flat()
    .map(row => `${JSON.stringify(row)}\n`)
    .join('');

test('a file of several parts has every row once, and its run says how many', async () => {
  const work = workOf('whole');
  const file = await writeExport(work);
  expect(file).toMatchObject({
    bucket: BUCKET,
    fileName: 'orders',
    contentType: 'application/x-ndjson',
    rows: 21,
    bytes: ndjsonOf(7).length,
    crc32: crc32(ndjsonOf(7)).toString(16).padStart(8, '0'),
  });
  expect((await bytesOf(file?.key ?? '')).toString() === ndjsonOf(7)).toBe(true);
  expect(work.told).toEqual([0, 9, 18, 21]);
});

test('when a part takes long, it is told how far it is', async () => {
  const work = workOf(newRunId(), { tellIsDue: true });
  await writeExport(work);
  // At the end of each page, and behind the parts that were uploaded beside the reading.
  expect(work.told.toSorted((a, b) => a - b)).toEqual([0, 3, 6, 9, 12, 15, 18, 21]);
});

test('what is not enough for a part goes from one invocation to the next', async () => {
  const runId = newRunId();
  let file: Awaited<ReturnType<typeof writeExport>>;
  let turns = 0;
  for (; file === undefined && turns < 10; turns++)
    file = await writeExport(workOf(runId, { pagesAtATime: 1 }));
  // The last page takes up all the time of its turn: the file is put together in one of its own.
  expect(turns).toBe(8);
  expect((await bytesOf(file?.key ?? '')).toString() === ndjsonOf(7)).toBe(true);
});

test('a compressed one is read back as a whole, though made of several members', async () => {
  const runId = newRunId();
  let file: Awaited<ReturnType<typeof writeExport>>;
  while (file === undefined) {
    file = await writeExport(
      workOf(runId, { pagesAtATime: 3, gzip: true, format: jsonArray() as ExportFormat }),
    );
  }
  const bytes = await bytesOf(file.key);
  expect(file).toMatchObject({
    contentType: 'application/gzip',
    crc32: crc32(bytes).toString(16).padStart(8, '0'),
  });
  const rows: { id: number }[] = JSON.parse(gunzipSync(bytes).toString());
  expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 21 }, (_, id) => id));
});

test.each([
  false,
  true,
])('rows of large pages are one JSON array, written in turns of one page or not: %s', async inTurns => {
  const sizes = [2500, 1, 0, 1000, 1001];
  let next = 0;
  const pages = sizes.map(size => Array.from({ length: size }, () => ({ id: next++ })));
  const readPage = async (cursor: unknown) => {
    const page = Number(cursor ?? 0);
    return { rows: pages[page] ?? [], nextCursor: page + 1 < pages.length ? page + 1 : undefined };
  };
  const runId = newRunId();
  let file: Awaited<ReturnType<typeof writeExport>>;
  while (file === undefined) {
    const format = jsonArray() as ExportFormat;
    file = await writeExport(workOf(runId, { format, readPage, ...(inTurns && { pagesAtATime: 1 }) }));
  }
  expect(JSON.parse((await bytesOf(file.key)).toString())).toEqual(pages.flat());
});

describe('an empty export', () => {
  const nothing = async () => ({ rows: [] });

  test('of declared columns is a header', async () => {
    const format = csv({ columns: ['a'] }) as ExportFormat;
    const file = await writeExport(workOf(newRunId(), { format, readPage: nothing }));
    expect((await bytesOf(file?.key ?? '')).toString()).toBe('a\r\n');
  });

  test('of nothing at all is an empty file, and leaves no upload', async () => {
    const runId = newRunId();
    const file = await writeExport(workOf(runId, { format: csv() as ExportFormat, readPage: nothing }));
    expect(file).toMatchObject({ rows: 0, bytes: 0 });
    expect(await bytesOf(file?.key ?? '')).toHaveLength(0);
    expect(await uploadsUnderWay(runId)).toBe(0);
  });

  test('is a gzip file, compressed', async () => {
    const format = csv() as ExportFormat;
    const file = await writeExport(workOf(newRunId(), { format, gzip: true, readPage: nothing }));
    expect(gunzipSync(await bytesOf(file?.key ?? '')).toString()).toBe('');
  });
});

test('pages without rows are no end', async () => {
  const pages = [{ rows: [], nextCursor: 1 }, { rows: [{ a: 1 }], nextCursor: 2 }, { rows: [] }];
  const readPage = async (cursor: unknown) => pages[Number(cursor ?? 0)] ?? { rows: [] };
  const file = await writeExport(workOf(newRunId(), { format: csv() as ExportFormat, readPage }));
  expect((await bytesOf(file?.key ?? '')).toString()).toBe('a\r\n1\r\n');
});

test.each([
  [{ rows: [1] }, 'got 1 as row 1, on page 1'],
  [{ rows: [{}, [2]] }, 'got [2] as row 2, on page 1'],
  [{ rows: [null] }, 'got null as row 1, on page 1'],
  [{ rows: { a: 1 } }, 'got {"a":1} as rows, on page 1'],
  [{}, 'got undefined as rows, on page 1'],
])('refuses the page %j', async (page, message) => {
  const readPage = async () => page as never;
  await expect(writeExport(workOf(newRunId(), { readPage }))).rejects.toThrow(message);
});

test.each([
  [new Date(0), '"1970-01-01T00:00:00.000Z"'],
  [{ after: undefined, id: 7 }, '{"id":7}'],
])('the cursor %j is what its JSON is, in the same process, too', async (cursor, json) => {
  const asked: unknown[] = [];
  const readPage = async (given: unknown) => {
    asked.push(given);
    return { rows: [], nextCursor: given === undefined ? cursor : undefined };
  };
  await writeExport(workOf(newRunId(), { readPage }));
  expect(asked).toEqual([undefined, JSON.parse(json)]);
});

test.each([
  [7n, 'got bigint, on page 1'],
  [Number.NaN, 'got NaN, which is null there, on page 1'],
  [new Date(Number.NaN), 'got Invalid Date, which is null there, on page 1'],
])('refuses the cursor %s, which JSON cannot have', async (nextCursor, got) => {
  const readPage = async () => ({ rows: [], nextCursor });
  await expect(writeExport(workOf(newRunId(), { readPage }))).rejects.toThrow(
    `nextCursor must be something that JSON can have, or nothing after the last page, ${got}`,
  );
});

test('fails on parts that another process has written over', async () => {
  const runId = newRunId();
  const { store } = workOf(runId);
  expect(await writeExport(workOf(runId, { pagesAtATime: 4 }))).toBeUndefined();
  const saved = await store.load();
  if (!saved) throw new Error('there is no checkpoint');
  await store.uploadPart(saved.checkpoint, 1, Buffer.alloc(6 * 1024 * 1024, 'x'));
  await expect(writeExport(workOf(runId))).rejects.toThrow('are not those that were written');
});

test('begins again when its upload was aborted', async () => {
  const runId = newRunId();
  const { store } = workOf(runId);
  await writeExport(workOf(runId, { pagesAtATime: 4 }));
  const saved = await store.load();
  if (!saved) throw new Error('there is no checkpoint');
  await store.abort(saved.checkpoint);
  await expect(writeExport(workOf(runId))).rejects.toMatchObject({ name: 'NoSuchUpload' });
  const file = await writeExport(workOf(runId));
  expect((await bytesOf(file?.key ?? '')).toString() === ndjsonOf(7)).toBe(true);
});

describe('a file that is refused when it is put together', () => {
  /** S3, but for how it answers to that. */
  function completing(answer: (complete: () => Promise<object>) => Promise<object>): S3Client {
    const send = (command: Parameters<S3Client['send']>[0]) => {
      const pass = () => s3.client.send(command as GetObjectCommand);
      return command instanceof CompleteMultipartUploadCommand ? answer(pass) : pass();
    };
    return { send } as unknown as S3Client;
  }
  const refusal = (name: string) => Object.assign(new Error('refused'), { name });

  test.each([
    'NoSuchUpload',
    'PreconditionFailed',
    'ConditionalRequestConflict',
  ])('with %s, because it is there, is the file', async name => {
    const runId = newRunId();
    const client = completing(async complete => {
      await complete();
      throw refusal(name);
    });
    const file = await writeExport(workOf(runId, { pages: 1, client }));
    expect((await bytesOf(file?.key ?? '')).toString() === ndjsonOf(1)).toBe(true);
    expect(await uploadsUnderWay(runId)).toBe(0);
  });

  test('with a conflict, and is not there, is begun again', async () => {
    const runId = newRunId();
    const client = completing(() => Promise.reject(refusal('ConditionalRequestConflict')));
    await expect(writeExport(workOf(runId, { pages: 1, client }))).rejects.toThrow('refused');
    expect(await workOf(runId).store.load()).toBeUndefined();
    const file = await writeExport(workOf(runId, { pages: 1 }));
    expect((await bytesOf(file?.key ?? '')).toString() === ndjsonOf(1)).toBe(true);
    expect(await uploadsUnderWay(runId)).toBe(0);
  });

  test('because another one is in its place, is begun again', async () => {
    const runId = newRunId();
    expect(await writeExport(workOf(runId, { pages: 1, pagesAtATime: 1 }))).toBeUndefined();
    const { store } = workOf(runId);
    const key = (await store.load())?.checkpoint.key ?? '';
    await store.write(key, 'of somebody', { over: 'nothing' });
    await expect(writeExport(workOf(runId, { pages: 1 }))).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    const file = await writeExport(workOf(runId, { pages: 1 }));
    expect((await bytesOf(file?.key ?? '')).toString() === ndjsonOf(1)).toBe(true);
    expect((await bytesOf(key)).toString()).toBe('of somebody');
  });

  test('because its upload was aborted, is begun again', async () => {
    const runId = newRunId();
    expect(await writeExport(workOf(runId, { pages: 1, pagesAtATime: 1 }))).toBeUndefined();
    const { store } = workOf(runId);
    const saved = await store.load();
    expect(saved?.checkpoint.position.done).toBe(true);
    if (saved) await store.abort(saved.checkpoint);
    await expect(writeExport(workOf(runId, { pages: 1 }))).rejects.toMatchObject({ name: 'NoSuchUpload' });
    const file = await writeExport(workOf(runId, { pages: 1 }));
    expect((await bytesOf(file?.key ?? '')).toString() === ndjsonOf(1)).toBe(true);
  });

  test('though it has no bytes, because it is there, is the file', async () => {
    const runId = newRunId();
    const work = workOf(runId, { readPage: async () => ({ rows: [] }) });
    const { write } = work.store;
    const twice: typeof write = async (...given) => {
      await write(...given);
      return await write(...given);
    };
    const file = await writeExport({ ...work, store: { ...work.store, write: twice } });
    expect(file).toMatchObject({ rows: 0, bytes: 0 });
    expect(await uploadsUnderWay(runId)).toBe(0);
  });
});

test('what is half-made can be removed', async () => {
  const runId = newRunId();
  await writeExport(workOf(runId, { pagesAtATime: 4 }));
  expect(await uploadsUnderWay(runId)).toBe(1);
  await removeHalfMade(createObjects(s3.client, BUCKET), { exportName: 'orders', runId });
  expect(await uploadsUnderWay(runId)).toBe(0);
  const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  expect(Contents.filter(({ Key }) => Key?.includes(`/${runId}/`))).toEqual([]);
});

describe('a process that dies', () => {
  /** Each time with one more page than is a part, so that there are tails. */
  async function runToTheEnd(runId: string): Promise<string> {
    for (;;) {
      const file = await writeExport(workOf(runId, { pagesAtATime: 4 }));
      if (file) return (await bytesOf(file.key)).toString();
    }
  }

  const whole = ndjsonOf(7);

  describe.each(['before', 'after'] as const)('%s a request', when => {
    test.each(
      Array.from({ length: 20 }, (_, index) => index + 1),
    )('%d, loses and doubles nothing', async request => {
      const runId = newRunId();
      const { client } = dyingAt(s3.client, request, when);
      await (async () => {
        for (;;) if (await writeExport(workOf(runId, { pagesAtATime: 4, client }))) return;
      })().catch(() => {});
      expect((await runToTheEnd(runId)) === whole).toBe(true);
      expect(await uploadsUnderWay(runId)).toBe(0);
    });
  });

  test('has at most so many requests to die at', async () => {
    const { client, requests } = dyingAt(s3.client, Number.POSITIVE_INFINITY, 'before');
    const runId = newRunId();
    while (!(await writeExport(workOf(runId, { pagesAtATime: 4, client }))));
    expect(requests()).toBeLessThanOrEqual(20);
    expect(requests()).toBeGreaterThan(10);
  });

  test('reads no page again that is in a part', async () => {
    const runId = newRunId();
    const read: unknown[] = [];
    const reading = (failAt?: number) =>
      workOf(runId, {
        readPage: async cursor => {
          if (cursor === failAt) throw new Error('the source is down');
          read.push(cursor ?? 0);
          return pageOf(Number(cursor ?? 0), 7);
        },
      });
    await expect(writeExport(reading(5))).rejects.toThrow('the source is down');
    await writeExport(reading());
    expect(read).toEqual([0, 1, 2, 3, 4, 3, 4, 5, 6]);
  });
});
