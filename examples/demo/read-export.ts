import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ExportedFile } from 'cdk-background-jobs/tasks';
import { parse } from 'csv-parse';
import { COLUMNS, type Order, orderAt } from '../app/exports/orders.ts';

/** Reads a file as its user would, with libraries of others, and compares each row with the source. */
export async function findWrongRow(
  s3: S3Client,
  file: ExportedFile,
  expected: number,
): Promise<string | undefined> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: file.bucket, Key: file.key }));
  if (!(Body instanceof Readable)) return 'there is no body';
  const isCsv = file.fileName.endsWith('.csv');
  let id = 0;
  for await (const row of isCsv ? readCsv(Body) : readLines(Body)) {
    const order = JSON.stringify(isCsv ? asCsvReads(orderAt(id)) : orderAt(id));
    if (row !== order) return `row ${id + 1} is ${row}, not ${order}`;
    id += 1;
  }
  return id === expected ? undefined : `it has ${id} rows, not ${expected}`;
}

async function* readCsv(body: Readable): AsyncIterable<string> {
  for await (const row of body.pipe(parse({ columns: true }))) yield JSON.stringify(row);
}

function readLines(body: Readable): AsyncIterable<string> {
  return createInterface({ input: body.pipe(createGunzip()), crlfDelay: Number.POSITIVE_INFINITY });
}

/** All is text, nothing is an empty field, and what would be a formula is guarded. */
function asCsvReads(order: Order): Record<string, string> {
  return Object.fromEntries(
    COLUMNS.map(column => {
      const text = String(order[column] ?? '');
      const isFormula = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text));
      return [column, isFormula ? `'${text}` : text];
    }),
  );
}
