import { request } from 'node:http';
import {
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type StartedS3, startS3 } from './start-s3.ts';

const Bucket = 'photos';
const target = { Bucket, Key: 'object' };
const TagSet = [{ Key: 'a', Value: 'b' }];

let s3: StartedS3;
beforeEach(async () => {
  s3 = await startS3(1000);
});
afterEach(() => s3.stop());

it.each([
  new PutObjectTaggingCommand({ ...target, Tagging: { TagSet } }),
  new GetObjectTaggingCommand(target),
  new GetObjectAclCommand(target),
  new GetObjectCommand({ ...target, VersionId: '1' }),
  new PutObjectCommand({ ...target, Body: 'x', Tagging: 'a=b' }),
  new UploadPartCopyCommand({ ...target, UploadId: '1', PartNumber: 1, CopySource: 'photos/object' }),
  new ListObjectVersionsCommand({ Bucket }),
  new GetBucketVersioningCommand({ Bucket }),
  new PutBucketPolicyCommand({ Bucket, Policy: '{}' }),
])('$constructor.name is refused, and the object stays as it was', async command => {
  await s3.client.send(new PutObjectCommand({ ...target, Body: 'kept' }));
  await expect(s3.client.send(command as GetObjectCommand)).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('is not supported by the local engine'),
  });
  const { Body } = await s3.client.send(new GetObjectCommand(target));
  expect(await Body?.transformToString()).toBe('kept');
});

it('HeadObject with a range is refused', async () => {
  const head = s3.client.send(new HeadObjectCommand({ ...target, Range: 'bytes=0-1' }));
  await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 501 } });
});

it("a body over the front door's limit is refused in a way the client understands", async () => {
  const put = s3.client.send(new PutObjectCommand({ ...target, Body: 'x'.repeat(1001) }));
  await expect(put).rejects.toMatchObject({
    name: 'RequestEntityTooLarge',
    message: 'A request body must be at most 1000 bytes, got 1001 bytes',
  });
});

it('a request that S3 has no answer for is an error of the client, in XML', async () => {
  const credential = encodeURIComponent('AKID/20300101/eu-west-1/s3/aws4_request');
  const response = await fetch(`${s3.endpoint}/?X-Amz-Credential=${credential}`, {
    method: 'POST',
    body: 'x',
  });
  expect(response.status).toBe(405);
  expect(await response.text()).toContain('<Code>MethodNotAllowed</Code>');
});

it('a client that leaves in the middle of its body leaves no warning', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const authorization = 'AWS4-HMAC-SHA256 Credential=AKID/20300101/eu-west-1/s3/aws4_request, Signature=0';
  const sent = request(`${s3.endpoint}/photos/object`, {
    method: 'PUT',
    headers: { authorization, 'content-length': '9' },
  });
  const closed = new Promise(resolve => sent.on('error', () => {}).once('close', resolve));
  sent.write('abc', () => sent.destroy());
  await closed;
  await expect(s3.client.send(new GetObjectCommand(target))).rejects.toMatchObject({ name: 'NoSuchKey' });
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});
