import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Order, orderAt } from '../../examples/app/exports/orders.ts';
import { findWrongRow } from '../../examples/demo/read-export.ts';
import { startS3 } from '../local/s3/start-s3.ts';

const ORDERS = 20;

interface Written {
  readonly fileName: string;
  readonly head?: string;
  lineOf(order: Order): string;
  contentOf(lines: readonly string[]): Buffer;
}

const NDJSON: Written = {
  fileName: 'orders.ndjson.gz',
  lineOf: order => JSON.stringify(order),
  contentOf: lines => gzipSync(lines.map(line => `${line}\n`).join('')),
};

/** Each field in quotes, and a `'` before what a spreadsheet would calculate. */
const CSV: Written = {
  fileName: 'orders.csv',
  head: '"id","customer","note","total","currency","placedAt","gift"',
  lineOf({ id, customer, note, total, currency, placedAt, gift }) {
    const guarded = note !== null && ['=', '+', '@'].includes(note.charAt(0)) ? `'${note}` : note;
    const fields = [id, customer, guarded, total, currency, placedAt, gift];
    return fields.map(field => `"${String(field ?? '').replaceAll('"', '""')}"`).join(',');
  },
  contentOf: lines => Buffer.from([CSV.head, ...lines].map(line => `${line}\r\n`).join('')),
};

/** What the demo says of a file with these lines in the place of the orders'. */
async function verdictOn(
  { fileName, lineOf, contentOf }: Written,
  change: (lines: string[]) => void,
): Promise<string | undefined> {
  const { client, stop } = await startS3();
  onTestFinished(stop);
  const lines = Array.from({ length: ORDERS }, (_, index) => lineOf(orderAt(index)));
  change(lines);
  const at = { bucket: 'photos', key: fileName };
  const Body = contentOf(lines);
  await client.send(new PutObjectCommand({ Bucket: at.bucket, Key: at.key, Body }));
  const file = { ...at, fileName, contentType: 'text/plain', rows: ORDERS, bytes: Body.length, crc32: '' };
  return await findWrongRow(client, file, ORDERS);
}

describe.each([NDJSON, CSV])('the export $fileName', written => {
  test('with each order as it is at its place is right', async () => {
    expect(await verdictOn(written, () => {})).toBeUndefined();
  });

  test.each<[what: string, change: (lines: string[]) => void, verdict: string]>([
    ['a missing row', lines => lines.splice(2, 1), 'row 3 is '],
    ['no last row', lines => lines.pop(), 'it has 19 rows, not 20'],
    ['a row twice', lines => lines.splice(2, 0, lines[2] ?? ''), 'row 4 is '],
    ['one row too many', lines => lines.push(written.lineOf(orderAt(ORDERS))), 'it has 21 rows, not 20'],
    ['a changed row', lines => lines.splice(1, 1, (lines[1] ?? '').replace('2026', '2027')), 'row 2 is '],
    [
      'two rows in each other’s place',
      lines => lines.splice(0, 2, lines[1] ?? '', lines[0] ?? ''),
      'row 1 is ',
    ],
  ])('with %s is noticed', async (_what, change, verdict) => {
    expect(await verdictOn(written, change)).toContain(verdict);
  });
});

test('a formula that is not guarded is noticed', async () => {
  const formula = Array.from({ length: ORDERS }, (_, index) => orderAt(index).note).findIndex(note =>
    note?.startsWith('='),
  );
  const verdict = await verdictOn(CSV, lines =>
    lines.splice(formula, 1, (lines[formula] ?? '').replace("'=", '=')),
  );
  expect(verdict).toContain(`row ${formula + 1} is `);
});
