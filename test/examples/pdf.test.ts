import { inflateSync } from 'node:zlib';
import { PDFArray, PDFDocument, PDFRawStream } from 'pdf-lib';
import { expect, test } from 'vitest';
import { pdf } from '../../examples/app/exports/pdf.ts';

const format = pdf({ title: 'Orders', columns: ['id', 'note'] });

/** In pages of ten, with a process of its own for each. */
async function write(rows: readonly object[]): Promise<PDFDocument> {
  let { state } = format.begin(rows);
  for (let index = 0; index < rows.length; index += 10) {
    ({ state } = format.rows(rows.slice(index, index + 10), JSON.parse(JSON.stringify(state)), index));
  }
  return await PDFDocument.load(await format.end(state, rows.length));
}

/** What is drawn on a page. */
function textsOf(document: PDFDocument, page: number): string[] {
  const contents = document.getPage(page).node.Contents();
  const streams = contents instanceof PDFArray ? contents.asArray() : [contents];
  const hex = streams.flatMap(ref => {
    const stream = document.context.lookup(ref);
    if (!(stream instanceof PDFRawStream)) throw new Error('a page has no content');
    const drawn = inflateSync(stream.getContents()).toString();
    return drawn.match(/(?<=<)[0-9A-F]*(?=> Tj)/g) ?? [];
  });
  return hex.map(text => Buffer.from(text, 'hex').toString('latin1'));
}

test('rows are on their pages, under their headers', async () => {
  const rows = Array.from({ length: 50 }, (_, id) => ({ id, note: `note ${id}` }));
  const document = await write(rows);
  expect(document.getPageCount()).toBe(2);
  const [first, second] = [textsOf(document, 0), textsOf(document, 1)];
  expect(first.slice(0, 5)).toEqual(['Orders, page 1 of 2', 'id', 'note', '0', 'note 0']);
  expect(second.at(-1)).toBe('note 49');
  const ids = [...first.slice(3), ...second.slice(3)].filter((_, index) => index % 2 === 0);
  expect(ids).toEqual(rows.map(({ id }) => String(id)));
});

test('what the font does not have is a question mark, and what does not fit is cut off', async () => {
  const texts = textsOf(await write([{ id: '李🎁\n', note: 'x'.repeat(500) }]), 0);
  expect(texts.at(-2)).toBe('?');
  expect(texts.at(-1)).toMatch(/^x{50,120}$/);
});

test('a report of nothing is a page with its headers', async () => {
  expect(textsOf(await write([]), 0)).toEqual(['Orders, page 1 of 1', 'id', 'note']);
});

test('fails on more than two thousand rows', () => {
  const rows = Array.from({ length: 1001 }, () => ({}));
  const { state } = format.rows(rows, [], 0);
  expect(() => format.rows(rows, state, 1001)).toThrow('a PDF has at most 2000 rows');
});
