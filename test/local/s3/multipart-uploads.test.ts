import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type StartedS3, startS3 } from './start-s3.ts';

const MIB = 1024 * 1024;
const target = { Bucket: 'photos', Key: 'export.csv' };

let s3: StartedS3;
let UploadId: string;
beforeEach(async () => {
  s3 = await startS3();
  const created = await s3.client.send(
    new CreateMultipartUploadCommand({ ...target, ContentType: 'text/csv' }),
  );
  UploadId = created.UploadId ?? '';
});
afterEach(() => s3.stop());

async function uploadPart(PartNumber: number, Body: Buffer | Readable, ContentLength?: number) {
  const input = { ...target, UploadId, PartNumber, Body, ...(ContentLength && { ContentLength }) };
  const { ETag, ChecksumCRC32 } = await s3.client.send(new UploadPartCommand(input));
  return { PartNumber, ...(ETag && { ETag }), ...(ChecksumCRC32 && { ChecksumCRC32 }) };
}

type Parts = Awaited<ReturnType<typeof uploadPart>>[];
const complete = (Parts: Parts, condition = {}) =>
  s3.client.send(
    new CompleteMultipartUploadCommand({ ...target, ...condition, UploadId, MultipartUpload: { Parts } }),
  );

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
it('parts of buffers and streams, sent in any order, become one object', async () => {
  // GIVEN the last part first, the others after it
  const [one, two, three] = [Buffer.alloc(5 * MIB, '1'), Buffer.alloc(12 * MIB, '2'), Buffer.from('end')];
  const last = await uploadPart(7, three);
  const first = await uploadPart(1, Readable.from([one]), one.length);
  const second = await uploadPart(2, two);
  // WHEN they are put together
  const { ETag } = await complete([first, second, last]);
  // THEN the object is all of them
  const object = await s3.client.send(new GetObjectCommand(target));
  expect(object.ContentType).toBe('text/csv');
  expect(ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
  const body = Buffer.from((await object.Body?.transformToByteArray()) ?? []);
  expect(body.equals(Buffer.concat([one, two, three]))).toBe(true);
});

it('a part can be read back alone', async () => {
  const one = await uploadPart(1, Buffer.alloc(5 * MIB, '1'));
  await complete([one, await uploadPart(2, Buffer.from('end'))]);
  const { Body } = await s3.client.send(new GetObjectCommand({ ...target, PartNumber: 2 }));
  expect(await Body?.transformToString()).toBe('end');
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
it('fails with a part of less than 5 MiB that is not the last', async () => {
  const parts = [await uploadPart(1, Buffer.alloc(MIB)), await uploadPart(2, Buffer.from('end'))];
  await expect(complete(parts)).rejects.toMatchObject({ name: 'EntityTooSmall' });
});

it('fails without a part, and leaves the object that there is', async () => {
  await s3.client.send(new PutObjectCommand({ ...target, Body: 'precious' }));
  await expect(complete([])).rejects.toMatchObject({ name: 'MalformedXML' });
  const { Body } = await s3.client.send(new GetObjectCommand(target));
  expect(await Body?.transformToString()).toBe('precious');
});

it.each([0, 10_001])('fails with a part numbered %d', async number => {
  await expect(uploadPart(number, Buffer.from('x'))).rejects.toMatchObject({ name: 'InvalidArgument' });
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
it('fails with parts out of order', async () => {
  const [one, two] = [await uploadPart(1, Buffer.alloc(5 * MIB)), await uploadPart(2, Buffer.alloc(5 * MIB))];
  await expect(complete([two, one])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
});

it('fails with a part that was not uploaded', async () => {
  await expect(complete([{ PartNumber: 1, ETag: '"0"' }])).rejects.toMatchObject({ name: 'InvalidPart' });
});

it('completes over no object but the one that is asked for', async () => {
  await complete([await uploadPart(1, Buffer.from('first'))]);
  const again = await s3.client.send(new CreateMultipartUploadCommand(target));
  UploadId = again.UploadId ?? '';
  const part = await uploadPart(1, Buffer.from('second'));
  await expect(complete([part], { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
it('once aborted leaves nothing behind', async () => {
  const part = await uploadPart(1, Buffer.from('x'));
  await expect(s3.client.send(new DeleteBucketCommand(target))).rejects.toMatchObject({
    name: 'BucketNotEmpty',
  });
  await s3.client.send(new AbortMultipartUploadCommand({ ...target, UploadId }));
  await expect(complete([part])).rejects.toMatchObject({ name: 'NoSuchUpload' });
  await expect(s3.client.send(new HeadObjectCommand(target))).rejects.toMatchObject({ name: 'NotFound' });
  await s3.client.send(new DeleteBucketCommand(target));
});
