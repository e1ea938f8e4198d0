import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Position } from '../../../lambda/export/checkpoint.ts';
import { csv } from '../../../lambda/export/csv.ts';
import type { ExportFormat } from '../../../lambda/export/export-format.ts';
import { jsonArray, ndjson } from '../../../lambda/export/json.ts';
import { createPartBuffer } from '../../../lambda/export/part-buffer.ts';
import { writePage } from '../../../lambda/export/write-rows.ts';

/** Writes the pages as an export does: where a part is full, another process may go on, by what JSON has kept. */
async function write(
  format: ExportFormat,
  pages: readonly (readonly object[])[],
  { gzip, pagesInPart }: { readonly gzip: boolean; readonly pagesInPart: number },
): Promise<string> {
  const parts: Buffer[] = [];
  let buffer = createPartBuffer(gzip);
  let position: Position = { pages: 0, rows: 0, done: false };
  for (const [index, rows] of pages.entries()) {
    const nextCursor = index + 1 < pages.length ? index + 1 : null;
    position = await writePage(format, buffer, position, { rows, nextCursor });
    if ((index + 1) % pagesInPart === 0 || nextCursor === null) {
      parts.push(Buffer.from(await buffer.take()));
      buffer = createPartBuffer(gzip);
      position = JSON.parse(JSON.stringify(position));
    }
  }
  const bytes = Buffer.concat(parts);
  return (gzip ? gunzipSync(bytes) : bytes).toString();
}

const parts = fc.record({ gzip: fc.boolean(), pagesInPart: fc.integer({ min: 1, max: 3 }) });
const pagesOf = <Row extends object>(row: fc.Arbitrary<Row>) =>
  fc.array(fc.array(row, { maxLength: 4 }), { minLength: 1, maxLength: 6 });

test.each([
  ['a JSON array', jsonArray() as ExportFormat, (text: string): unknown => JSON.parse(text)],
  [
    'NDJSON',
    ndjson() as ExportFormat,
    (text: string): unknown =>
      text
        .split('\n')
        .slice(0, -1)
        .map(line => JSON.parse(line)),
  ],
])('whatever rows have in them, %s in parts and members of gzip is read back as JSON has it', async (_what, format, read) => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(undefined, Number.NaN, Infinity),
    fc.date({ noInvalidDate: true }),
  );
  const row = fc.dictionary(fc.string({ unit: 'binary' }), value);
  await fc.assert(
    fc.asyncProperty(pagesOf(row), parts, async (pages, how) => {
      expect(read(await write(format, pages, how))).toEqual(JSON.parse(JSON.stringify(pages.flat())));
    }),
  );
});

/** What a field is to whoever reads the file: all of it is text. */
function readAs(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value).toWellFormed();
}

test('whatever rows have in them, CSV in parts and members of gzip is read back field by field', async () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', '=', '+', '-', '@', '\t', '\uD83D', '😀') }),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom(null, undefined),
    fc.date({ noInvalidDate: true }),
    fc.array(fc.integer(), { minLength: 1 }),
  );
  const columns = ['id', 'a', 'b'];
  const row = fc.record({ id: fc.integer(), a: value, b: value });
  await fc.assert(
    fc.asyncProperty(pagesOf(row), parts, fc.boolean(), async (pages, how, byteOrderMark) => {
      const format = csv({ columns, guardFormulas: false, byteOrderMark }) as ExportFormat;
      const text = await write(format, pages, how);
      const mark = byteOrderMark ? '\uFEFF' : '';
      expect(text.startsWith(`${mark}id,`)).toBe(true);
      expect(parse(text.slice(mark.length), { columns: true })).toEqual(
        pages.flat().map(({ id, a, b }) => ({ id: readAs(id), a: readAs(a), b: readAs(b) })),
      );
    }),
  );
});

test('with the guard no field begins a formula, and all but those that would are as they were', async () => {
  const text = fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', 'a', '1', '.', "'", ',') });
  await fc.assert(
    fc.asyncProperty(pagesOf(fc.record({ id: fc.integer(), text })), parts, async (pages, how) => {
      const format = csv({ columns: ['id', 'text'] }) as ExportFormat;
      const read: { id: string; text: string }[] = parse(await write(format, pages, how), { columns: true });
      for (const [index, { text: given }] of pages.flat().entries()) {
        const isNumber = /^[-+]?(\d+\.?\d*|\.\d+)$/.test(given);
        const guarded = /^[=+\-@\t\r]/.test(given) && !isNumber;
        expect(read[index]?.text).toBe(guarded ? `'${given}` : given);
      }
    }),
  );
});
