import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ExportFormat } from '../../../lambda/export/export-format.ts';
import { jsonArray, ndjson } from '../../../lambda/export/json.ts';

function write(format: ExportFormat<null>, pages: readonly (readonly object[])[]): string {
  let rowsBefore = 0;
  const { chunk: head, state } = format.begin(pages[0] ?? []);
  const written = pages.map(rows => {
    const { chunk } = format.rows(rows, state, rowsBefore);
    rowsBefore += rows.length;
    return chunk;
  });
  return [head, ...written, format.end(state, rowsBefore)].join('');
}

const pagesOfRows = fc.array(fc.array(fc.dictionary(fc.string(), fc.jsonValue())));

test('a JSON array is read back as it was, in pages of any size', () => {
  void fc.assert(
    fc.property(pagesOfRows, pages => {
      expect(JSON.stringify(JSON.parse(write(jsonArray(), pages)))).toBe(JSON.stringify(pages.flat()));
    }),
  );
});

test('NDJSON is read back line by line', () => {
  void fc.assert(
    fc.property(pagesOfRows, pages => {
      const lines = write(ndjson(), pages).split('\n').slice(0, -1);
      expect(lines).toEqual(pages.flat().map(row => JSON.stringify(row)));
    }),
  );
});

test('what is undefined is left out, and NaN is null', () => {
  expect(write(ndjson(), [[{ a: undefined, b: Number.NaN }]])).toBe('{"b":null}\n');
});

test('an empty JSON array is one', () => {
  expect(JSON.parse(write(jsonArray(), [[]]))).toEqual([]);
});

test.each([
  ['a bigint', { id: 1n }, 'TypeError'],
  ['a toJSON that answers nothing', { toJSON: () => undefined }, 'its toJSON answers nothing'],
])('a row with %s fails the export, by its number', (_what, row, why) => {
  for (const format of [ndjson(), jsonArray()]) {
    expect(() => format.rows([{ id: 0 }, row], null, 10)).toThrow(
      expect.objectContaining({
        name: 'NonRetryableError',
        message: expect.stringMatching(new RegExp(`^Row 12 is nothing in JSON \\(${why}`)),
      }),
    );
  }
});
