import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { stringify } from 'csv-stringify';
import { COLUMNS, type Row, rowAt } from '../app/exports.ts';

const PART_BYTES = 8 * 1024 * 1024;
const MAX_IN_FLIGHT = 3;

/** The straight way: rows into csv-stringify, its output into parts, up to three of them on their way. */
export async function streamExport(Bucket: string, Key: string, rows: number): Promise<void> {
  const s3 = new S3Client();
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const parts: Promise<{ ETag: string | undefined; PartNumber: number }>[] = [];
  const underWay = new Set<Promise<unknown>>();
  let chunks: Buffer[] = [];
  let bytes = 0;

  async function upload(): Promise<void> {
    while (underWay.size >= MAX_IN_FLIGHT) await Promise.race(underWay);
    const PartNumber = parts.length + 1;
    const Body = Buffer.concat(chunks);
    chunks = [];
    bytes = 0;
    const part = s3
      .send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }))
      .then(({ ETag }) => ({ ETag, PartNumber }));
    parts.push(part);
    const done = part.finally(() => underWay.delete(done));
    underWay.add(done);
  }

  const sink = new Writable({
    write(chunk: Buffer, _, next) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes < PART_BYTES) next();
      else upload().then(() => next(), next);
    },
  });
  await pipeline(rowsUpTo(rows), stringify({ header: true, columns: [...COLUMNS] }), sink);
  if (bytes > 0) await upload();
  const MultipartUpload = { Parts: await Promise.all(parts) };
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
}

function* rowsUpTo(rows: number): Iterable<Row> {
  for (let id = 0; id < rows; id++) yield rowAt(id);
}
