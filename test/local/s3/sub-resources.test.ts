import {
  CreateMultipartUploadCommand,
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutBucketLifecycleConfigurationCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type StartedS3, startS3 } from './start-s3.ts';

const Bucket = 'photos';
const target = { Bucket, Key: 'a folder/object' };

let s3: StartedS3;
beforeEach(async () => {
  s3 = await startS3();
});
afterEach(() => s3.stop());

async function startUpload(...partNumbers: number[]) {
  const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand(target));
  for (const PartNumber of partNumbers) {
    const Body = 'x'.repeat(PartNumber);
    await s3.client.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body }));
  }
  return UploadId;
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html
it('the parts of an upload are listed by number, in pages', async () => {
  const UploadId = await startUpload(3, 1, 20);
  const first = await s3.client.send(new ListPartsCommand({ ...target, UploadId, MaxParts: 2 }));
  expect(first).toMatchObject({
    Bucket,
    Key: target.Key,
    UploadId,
    IsTruncated: true,
    NextPartNumberMarker: '3',
    Parts: [
      { PartNumber: 1, Size: 1, LastModified: new Date(s3.clock.now()) },
      { PartNumber: 3, Size: 3, ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/) },
    ],
  });
  const rest = { ...target, UploadId, PartNumberMarker: first.NextPartNumberMarker };
  const second = await s3.client.send(new ListPartsCommand(rest));
  expect(second.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([20]);
  expect(second.IsTruncated).toBe(false);
});

it('fails to list the parts of an upload that is not there', async () => {
  const listing = s3.client.send(new ListPartsCommand({ ...target, UploadId: 'gone' }));
  await expect(listing).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
it('uploads that are not completed are listed', async () => {
  const UploadId = await startUpload();
  const { Uploads } = await s3.client.send(new ListMultipartUploadsCommand({ Bucket }));
  expect(Uploads).toMatchObject([{ Key: target.Key, UploadId, Initiated: new Date(s3.clock.now()) }]);
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
it('a bucket has the location of the engine, which is empty for us-east-1', async () => {
  const { LocationConstraint } = await s3.client.send(new GetBucketLocationCommand({ Bucket }));
  expect(LocationConstraint).toBe('eu-west-1');
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
it('a lifecycle configuration is kept as it was set', async () => {
  const Rules = [
    { ID: 'old', Status: 'Enabled', Filter: { Prefix: 'tmp/' }, Expiration: { Days: 7 } } as const,
  ];
  const get = new GetBucketLifecycleConfigurationCommand({ Bucket });
  await expect(s3.client.send(get)).rejects.toMatchObject({ name: 'NoSuchLifecycleConfiguration' });
  await s3.client.send(
    new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }),
  );
  expect((await s3.client.send(get)).Rules).toEqual(Rules);
  await s3.client.send(new DeleteBucketLifecycleCommand({ Bucket }));
  await expect(s3.client.send(get)).rejects.toMatchObject({ name: 'NoSuchLifecycleConfiguration' });
});

it('fails for a bucket that is not there', async () => {
  const location = s3.client.send(new GetBucketLocationCommand({ Bucket: 'nowhere' }));
  await expect(location).rejects.toMatchObject({ name: 'NoSuchBucket' });
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
it('uploads of a prefix are listed in pages, by key and then by upload', async () => {
  const ids: Record<string, string[]> = {};
  for (const Key of ['b', 'a/2', 'a/1', 'a/1']) {
    const { UploadId = '' } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    ids[Key] = [...(ids[Key] ?? []), UploadId].sort();
  }
  const [first, second] = ids['a/1'] ?? [];
  const list = (given: object) =>
    s3.client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'a/', MaxUploads: 1, ...given }));
  expect(await list({})).toMatchObject({
    IsTruncated: true,
    MaxUploads: 1,
    NextKeyMarker: 'a/1',
    NextUploadIdMarker: first,
    Uploads: [{ Key: 'a/1', UploadId: first }],
  });
  expect((await list({ KeyMarker: 'a/1', UploadIdMarker: first })).Uploads).toMatchObject([
    { UploadId: second },
  ]);
  // Without an upload's ID, all uploads of the marker's key are behind.
  expect(await list({ KeyMarker: 'a/1' })).toMatchObject({ IsTruncated: false, Uploads: [{ Key: 'a/2' }] });
  await expect(list({ Delimiter: '/' })).rejects.toMatchObject({ name: 'NotImplemented' });
});
