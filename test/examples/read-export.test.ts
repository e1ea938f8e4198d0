import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { orderAt } from '../../examples/app/exports/orders.ts';
import { findWrongRow } from '../../examples/demo/read-export.ts';
import { startS3 } from '../local/s3/start-s3.ts';

const ORDERS = 5;

/** What the demo says of a file with these lines in the place of the orders'. */
async function verdictOn(change: (lines: string[]) => void): Promise<string | undefined> {
  const { client, stop } = await startS3();
  onTestFinished(stop);
  const lines = Array.from({ length: ORDERS }, (_, index) => JSON.stringify(orderAt(index)));
  change(lines);
  const at = { bucket: 'photos', key: 'orders.ndjson.gz' };
  const Body = gzipSync(lines.map(line => `${line}\n`).join(''));
  await client.send(new PutObjectCommand({ Bucket: at.bucket, Key: at.key, Body }));
  const file = {
    ...at,
    fileName: at.key,
    contentType: 'application/gzip',
    rows: ORDERS,
    bytes: Body.length,
    crc32: '',
  };
  return await findWrongRow(client, file, ORDERS);
}

test('an export with each order as it is at its place is right', async () => {
  expect(await verdictOn(() => {})).toBeUndefined();
});

test.each<[what: string, change: (lines: string[]) => void, verdict: string]>([
  ['a missing row', lines => lines.splice(2, 1), 'row 3 is '],
  ['no last row', lines => lines.pop(), 'it has 4 rows, not 5'],
  ['a row twice', lines => lines.splice(2, 0, lines[2] ?? ''), 'row 4 is '],
  ['one row too many', lines => lines.push(JSON.stringify(orderAt(ORDERS))), 'it has 6 rows, not 5'],
  ['a changed row', lines => lines.splice(1, 1, (lines[1] ?? '').replace('"id":1', '"id":7')), 'row 2 is '],
  [
    'two rows in each other’s place',
    lines => lines.splice(0, 2, lines[1] ?? '', lines[0] ?? ''),
    'row 1 is ',
  ],
])('an export with %s is noticed', async (_what, change, verdict) => {
  expect(await verdictOn(change)).toContain(verdict);
});
