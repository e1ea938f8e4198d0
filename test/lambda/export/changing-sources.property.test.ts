import { crc32 } from 'node:zlib';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExportFormat } from '../../../lambda/export/export-format.ts';
import { createExportStore } from '../../../lambda/export/export-store.ts';
import { ndjson } from '../../../lambda/export/json.ts';
import { createObjects } from '../../../lambda/export/objects.ts';
import { writeExport } from '../../../lambda/export/write-export.ts';
import { type StartedS3, startS3 } from '../../local/s3/start-s3.ts';
import { dyingAt } from './dying-client.ts';

const BUCKET = 'photos';
const IDS = 30;
const PAGE = 4;
const PAGES_AT_A_TIME = 2;

let s3: StartedS3;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.stop());

interface Row {
  readonly id: number;
  readonly version: number;
}

interface Read {
  readonly cursor: unknown;
  readonly rows: readonly Row[];
  readonly nextCursor: number | undefined;
}

/** What becomes of one row between two reads: it is there in another version, or is not there. */
const change = fc.record({ id: fc.nat(IDS - 1), isThere: fc.boolean() });

const source = fc.record({
  begun: fc.uniqueArray(fc.nat(IDS - 1), { minLength: 5 }),
  changes: fc.array(fc.array(change, { maxLength: 3 }), { maxLength: 30 }),
});

/** The request to S3 at which each process dies, until one does not. */
const deaths = fc.array(
  fc.record({
    at: fc.integer({ min: 1, max: 12 }),
    when: fc.constantFrom('before' as const, 'after' as const),
  }),
  { maxLength: 6 },
);

/** A table that changes with each read, read by the last id. */
function startTable({ begun, changes }: { begun: number[]; changes: { id: number; isThere: boolean }[][] }) {
  const table = new Map<number, number>(begun.map(id => [id, 0]));
  const steady = new Set(begun);
  const reads: Read[] = [];
  return {
    reads,
    /** Rows that were there all the time. */
    steady,
    async readPage(cursor: unknown) {
      for (const { id, isThere } of changes[reads.length] ?? []) {
        steady.delete(id);
        if (isThere) table.set(id, reads.length + 1);
        else table.delete(id);
      }
      const rows = [...table]
        .filter(([id]) => id > Number(cursor ?? -1))
        .sort(([a], [b]) => a - b)
        .slice(0, PAGE)
        .map(([id, version]) => ({ id, version }));
      const read = { cursor, rows, nextCursor: rows.length < PAGE ? undefined : rows.at(-1)?.id };
      reads.push(read);
      return read;
    },
  };
}

/** Those that the last one follows from: of a page that was read more than once, the last time. */
function acceptedOf(reads: readonly Read[]): readonly Read[] {
  const accepted: Read[] = [];
  for (let index = reads.length - 1; index >= 0; index--) {
    const read = reads[index];
    const after = accepted[0];
    if (read && (after === undefined || read.nextCursor === after.cursor)) accepted.unshift(read);
    if (read?.cursor === undefined && accepted[0] === read) break;
  }
  return accepted;
}

let runs = 0;

async function exportAll(
  readPage: (cursor: unknown) => Promise<Read>,
  dying: readonly { at: number; when: 'before' | 'after' }[],
) {
  const runId = `run-${runs++}`;
  let lives = 0;
  for (let turn = 0; ; turn++) {
    const death = dying[turn];
    const client = death ? dyingAt(s3.client, death.at, death.when).client : s3.client;
    let read = 0;
    const file = await writeExport({
      store: createExportStore(createObjects(client, BUCKET), { exportName: 'orders', runId }, 'file'),
      bucket: BUCKET,
      newKey: () => `exports/orders/acme/${runId}/${lives++}/orders`,
      format: ndjson() as ExportFormat,
      gzip: false,
      hasTime: () => read < PAGES_AT_A_TIME,
      async readPage(cursor) {
        read += 1;
        return await readPage(cursor);
      },
      tell: async () => {},
      tellIsDue: () => false,
    }).catch((error: Error) => {
      if (error.message !== 'dead') throw error;
      return undefined;
    });
    if (file) return file;
  }
}

test('a source that changes under the cursor is exported as its pages were read, whatever dies', async () => {
  await fc.assert(
    fc.asyncProperty(source, deaths, async (given, dying) => {
      const { readPage, reads, steady } = startTable(given);
      const file = await exportAll(readPage, dying);
      const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: file.key }));
      const text = (await Body?.transformToString()) ?? '';
      const rows = text
        .split('\n')
        .slice(0, -1)
        .map(line => JSON.parse(line) as Row);

      expect(rows).toEqual(acceptedOf(reads).flatMap(read => read.rows));
      const ids = rows.map(({ id }) => id);
      expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
      expect(ids.filter(id => steady.has(id))).toEqual([...steady].sort((a, b) => a - b));
      expect(file).toMatchObject({
        rows: rows.length,
        bytes: Buffer.byteLength(text),
        crc32: crc32(text).toString(16).padStart(8, '0'),
      });
    }),
    { numRuns: 40 },
  );
});
