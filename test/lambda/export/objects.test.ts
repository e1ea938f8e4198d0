import {
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createObjects } from '../../../lambda/export/objects.ts';
import { type StartedS3, startS3 } from '../../local/s3/start-s3.ts';

const Bucket = 'photos';

let s3: StartedS3;
beforeEach(async () => {
  s3 = await startS3();
});
afterEach(() => s3.stop());

/** A listing ends a page after 1,000 entries, but when it is asked for fewer: what thousands would meet, a few do. */
function inPagesOf(entries: number): { client: S3Client; listings: () => number } {
  let listings = 0;
  s3.client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async args => {
        if (!commandName.startsWith('List')) return await next(args);
        listings += 1;
        const size = { MaxKeys: entries, MaxParts: entries, MaxUploads: entries };
        return await next({ ...args, input: { ...args.input, ...size } });
      },
    { step: 'initialize' },
  );
  return { client: s3.client, listings: () => listings };
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html
test('parts are listed to the last one that counts, over all pages', async () => {
  const upload = { Bucket, Key: 'file' };
  const { UploadId = '' } = await s3.client.send(new CreateMultipartUploadCommand(upload));
  const etags: (string | undefined)[] = [];
  for (let PartNumber = 1; PartNumber <= 7; PartNumber++) {
    const part = { ...upload, UploadId, PartNumber, Body: `part ${PartNumber}` };
    etags.push((await s3.client.send(new UploadPartCommand(part))).ETag);
  }
  const { client, listings } = inPagesOf(2);
  const listed = await createObjects(client, Bucket).listParts({ key: 'file', uploadId: UploadId }, 6);
  expect(listed).toEqual(etags.slice(0, 6));
  expect(listings()).toBe(4);
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
test('uploads are listed over all pages, and so are several of one key', async () => {
  const ids: string[] = [];
  for (const Key of ['a/1', 'a/1', 'a/1', 'a/2', 'a/3', 'b/1']) {
    const { UploadId = '' } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    ids.push(`${Key} ${UploadId}`);
  }
  const { client, listings } = inPagesOf(2);
  const uploads = await createObjects(client, Bucket).listUploads('a/');
  expect(uploads.map(({ key, uploadId }) => `${key} ${uploadId}`).sort()).toEqual(ids.slice(0, 5).sort());
  expect(listings()).toBe(3);
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
test('keys are listed over all pages, in their order', async () => {
  const keys = ['a/1', 'a/2', 'a/3', 'a/4', 'a/5'];
  for (const Key of [...keys, 'b/1']) await s3.client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  const { client, listings } = inPagesOf(2);
  expect(await createObjects(client, Bucket).list('a/')).toEqual(keys);
  expect(listings()).toBe(3);
});
