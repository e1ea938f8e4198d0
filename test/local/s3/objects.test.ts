import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StartedS3, startS3 } from './start-s3.ts';

const MIB = 1024 * 1024;
const Bucket = 'photos';

let s3: StartedS3;
beforeEach(async () => {
  s3 = await startS3();
});
afterEach(() => s3.stop());

const put = (Key: string, input: Partial<PutObjectCommandInput> = { Body: Key }) =>
  s3.client.send(new PutObjectCommand({ Bucket, Key, ...input }));

async function textOf(Key: string, Range?: string) {
  const { Body } = await s3.client.send(new GetObjectCommand({ Bucket, Key, ...(Range && { Range }) }));
  return Body?.transformToString();
}

/** Signed when the fake clock begins. */
function presigned(key: string, expiresSeconds: string | number = 3600): string {
  const credential = encodeURIComponent('AKID/20300101/eu-west-1/s3/aws4_request');
  const expiry = `X-Amz-Date=20300101T000000Z&X-Amz-Expires=${expiresSeconds}`;
  return `${s3.endpoint}/${Bucket}/${key}?X-Amz-Credential=${credential}&${expiry}&X-Amz-Signature=0`;
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
describe('an object', () => {
  it('comes back as it was stored, with its metadata and a time by the clock', async () => {
    await put('a/b c+é.txt', { Body: 'hello', ContentType: 'text/plain', Metadata: { owner: 'u1' } });
    const object = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'a/b c+é.txt' }));
    expect(object).toMatchObject({ ContentType: 'text/plain', ContentLength: 5, Metadata: { owner: 'u1' } });
    expect(object.LastModified?.getTime()).toBe(s3.clock.now());
    expect(await object.Body?.transformToString()).toBe('hello');
  });

  it.each([
    'application/x-www-form-urlencoded',
    'application/x-amz-json-1.0',
    'application/json',
    'text/plain',
  ])('of type %s is kept byte for byte', async ContentType => {
    await put('form', { Body: 'a=%20&b', ContentType });
    expect(await textOf('form')).toBe('a=%20&b');
  });

  it('may be empty, and sent without a body', async () => {
    await put('empty', { Body: '' });
    await fetch(presigned('folder/'), { method: 'PUT' });
    const head = await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'empty' }));
    expect(head.ContentLength).toBe(0);
    expect(await textOf('folder/')).toBe('');
  });

  it('may be larger than fauxqs allows by itself', async () => {
    await put('large', { Body: Buffer.alloc(30 * MIB, 'x') });
    const head = await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'large' }));
    expect(head.ContentLength).toBe(30 * MIB);
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
  it('may be sent as a stream, in chunks with a trailing checksum', async () => {
    const chunks = ['one, ', 'two, ', 'three'];
    await put('streamed', { Body: Readable.from(chunks.map(Buffer.from)), ContentLength: 15 });
    expect(await textOf('streamed')).toBe('one, two, three');
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/range-get-olap.html
  it.each([
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=7-20', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-20', '0123456789', 'bytes 0-9/10'],
  ])('can be read in part: %s', async (Range, text, ContentRange) => {
    await put('digits', { Body: '0123456789' });
    const part = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'digits', Range }));
    expect(part).toMatchObject({ ContentRange, ContentLength: text.length });
    expect(part.$metadata.httpStatusCode).toBe(206);
    expect(await part.Body?.transformToString()).toBe(text);
  });

  it.each(['bytes=10-', 'bytes=20-30', 'bytes=-0'])('has no part %s to be read', async Range => {
    await put('digits', { Body: '0123456789' });
    await expect(textOf('digits', Range)).rejects.toMatchObject({
      name: 'InvalidRange',
      $metadata: { httpStatusCode: 416 },
    });
    await expect(textOf('nothing', Range)).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  // https://www.rfc-editor.org/rfc/rfc9110#name-range: what is no valid range is ignored
  it.each([
    'bytes=-',
    'bytes=4-2',
    'bytes=0-1,4-5',
    'digits=1-2',
    '2-4',
  ])('is read as a whole with the header range %s', async Range => {
    await put('digits', { Body: '0123456789' });
    const whole = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'digits', Range }));
    expect(whole.$metadata.httpStatusCode).toBe(200);
    expect(whole.ContentRange).toBeUndefined();
    expect(await whole.Body?.transformToString()).toBe('0123456789');
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
  it('can be copied', async () => {
    await put('original', { Body: 'copy me', Metadata: { owner: 'u1' } });
    await s3.client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/original` }));
    const head = await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'copy' }));
    expect(head.Metadata).toEqual({ owner: 'u1' });
    expect(await textOf('copy')).toBe('copy me');
  });

  it('is gone once deleted, alone or with others', async () => {
    for (const key of ['1', '2', '3']) await put(key);
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: '1' }));
    const Delete = { Objects: [{ Key: '2' }, { Key: 'never there' }] };
    await s3.client.send(new DeleteObjectsCommand({ Bucket, Delete }));
    await expect(textOf('1')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(textOf('2')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(s3.client.send(new HeadObjectCommand({ Bucket, Key: '2' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
    expect(await textOf('3')).toBe('3');
  });

  it.each([
    { ChecksumCRC32: 'AAAAAA==' },
    { ChecksumSHA256: Buffer.alloc(32).toString('base64') },
  ])('fails to be stored with the wrong checksum %o', async checksum => {
    await expect(put('broken', { Body: 'hello', ...checksum })).rejects.toMatchObject({ name: 'BadDigest' });
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
  it('is served with the headers that a presigned URL asks for', async () => {
    await put('report', { Body: 'a,b' });
    const { ContentDisposition } = await s3.client.send(
      new GetObjectCommand({
        Bucket,
        Key: 'report',
        ResponseContentDisposition: 'attachment; filename=r.csv',
      }),
    );
    expect(ContentDisposition).toBe('attachment; filename=r.csv');
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
  it('is found by the credential in a presigned URL', async () => {
    await put('report', { Body: 'a,b' });
    const response = await fetch(presigned('report'));
    expect(await response.text()).toBe('a,b');
  });

  it('is stored unchecked where its checksum is of an algorithm that is not known here', async () => {
    const headers = { 'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=' };
    const response = await fetch(presigned('nvme'), { method: 'PUT', body: 'a,b', headers });
    expect(response.status).toBe(200);
    expect(await textOf('nvme')).toBe('a,b');
  });

  it('is denied to a presigned URL that has expired', async () => {
    await put('report', { Body: 'a,b' });
    s3.clock.advance(60_000);
    expect((await fetch(presigned('report', 60))).status).toBe(200);
    s3.clock.advance(1);
    const expired = await fetch(presigned('report', 60));
    expect(expired.status).toBe(403);
    expect(await expired.text()).toContain('<Code>AccessDenied</Code><Message>Request has expired</Message>');
  });

  it.each([
    '',
    0,
    604_801,
    'soon',
  ])('is not served to a presigned URL that is valid for %j seconds', async s => {
    await put('report', { Body: 'a,b' });
    const response = await fetch(presigned('report', s));
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('AuthorizationQueryParametersError');
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
describe('a conditional write', () => {
  it('with If-None-Match stores a new object once', async () => {
    await put('once', { Body: 'first', IfNoneMatch: '*' });
    await expect(put('once', { Body: 'second', IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    });
    expect(await textOf('once')).toBe('first');
  });

  it('with If-None-Match succeeds for one of twenty side by side', async () => {
    const puts = Array.from({ length: 20 }, (_, index) =>
      put('once', { Body: String(index), IfNoneMatch: '*' }),
    );
    const settled = await Promise.allSettled(puts);
    const winners = settled.flatMap((result, index) =>
      result.status === 'fulfilled' ? [String(index)] : [],
    );
    expect(winners).toEqual([await textOf('once')]);
  });

  it('with If-Match replaces the object that has this ETag, and no other', async () => {
    const first = await put('versioned', { Body: 'first' });
    const second = await put('versioned', { Body: 'second', ...(first.ETag && { IfMatch: first.ETag }) });
    expect(second.ETag).not.toBe(first.ETag);
    const late = put('versioned', { Body: 'late', ...(first.ETag && { IfMatch: first.ETag }) });
    await expect(late).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(await textOf('versioned')).toBe('second');
  });

  it('with If-Match fails where there is no object', async () => {
    await expect(put('nowhere', { Body: 'x', IfMatch: '"0"' })).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
describe('a listing', () => {
  const list = (input: Partial<ConstructorParameters<typeof ListObjectsV2Command>[0]>) =>
    s3.client.send(new ListObjectsV2Command({ Bucket, ...input }));

  async function allPages(input: Parameters<typeof list>[0]) {
    const keys: (string | undefined)[] = [];
    for (let token: string | undefined, more = true; more; more = token !== undefined) {
      const page = await list({ ...input, ...(token && { ContinuationToken: token }) });
      keys.push(...(page.Contents ?? []).map(object => object.Key));
      keys.push(...(page.CommonPrefixes ?? []).map(prefix => prefix.Prefix));
      token = page.NextContinuationToken;
    }
    return keys;
  }

  it('has all keys of a prefix in the order of their bytes', async () => {
    for (const key of ['p/b', 'p/A', 'p/_', 'p/a', 'p/B', 'q/a']) await put(key);
    const { Contents, KeyCount } = await list({ Prefix: 'p/' });
    expect(Contents?.map(object => object.Key)).toEqual(['p/A', 'p/B', 'p/_', 'p/a', 'p/b']);
    expect(KeyCount).toBe(5);
  });

  it.each([1, 2, 3, 4, 5])('has every key once in pages of %i', async MaxKeys => {
    const keys = ['B', '_', 'a', 'b', 'é', '10', '9'];
    for (const key of keys) await put(key);
    expect(await allPages({ MaxKeys })).toEqual([...keys].sort());
  });

  it.each([1, 2, 3, 4, 5])('has every folder once in pages of %i', async MaxKeys => {
    for (const key of ['a', 'b/1', 'b/2', 'c', 'd/1', 'e/1', 'f']) await put(key);
    expect((await allPages({ MaxKeys, Delimiter: '/' })).sort()).toEqual(['a', 'b/', 'c', 'd/', 'e/', 'f']);
  });

  it('starts after a key', async () => {
    for (const key of ['1', '2', '3']) await put(key);
    const { Contents } = await list({ StartAfter: '1' });
    expect(Contents?.map(object => object.Key)).toEqual(['2', '3']);
  });
});

describe('a bucket', () => {
  it('created by a client is listed', async () => {
    await s3.client.send(new CreateBucketCommand({ Bucket: 'more-photos' }));
    const { Buckets } = await s3.client.send(new ListBucketsCommand({}));
    expect(Buckets?.map(bucket => bucket.Name).sort()).toEqual(['more-photos', 'photos']);
  });

  it('that is not there is reported as such', async () => {
    await expect(put('x', { Body: 'x', Bucket: 'nowhere' })).rejects.toMatchObject({ name: 'NoSuchBucket' });
    const head = s3.client.send(new HeadBucketCommand({ Bucket: 'nowhere' }));
    await expect(head).rejects.toMatchObject({ name: 'NotFound' });
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  it.each(['ab', 'Upper', '10.0.0.1', 'a..b', '-a-', 'x'.repeat(64)])('fails to be named %s', name => {
    expect(() => s3.service.createBucket(name)).toThrow('A bucket name must be');
  });

  it('fails to be created twice by the engine', () => {
    expect(() => s3.service.createBucket('photos')).toThrow('Bucket photos exists');
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
it('an object tells its attributes without its body', async () => {
  await put('report', { Body: 'a,b' });
  const ObjectAttributes = ['ETag', 'ObjectSize'] as const;
  const attributes = await s3.client.send(
    new GetObjectAttributesCommand({ Bucket, Key: 'report', ObjectAttributes: [...ObjectAttributes] }),
  );
  expect(attributes).toMatchObject({ ObjectSize: 3, ETag: expect.stringMatching(/^"?[0-9a-f]{32}"?$/) });
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html
it('a listing of the first version of the API has keys after a marker', async () => {
  for (const key of ['a', 'b', 'c']) await put(key, { Body: 'x' });
  const { Contents } = await s3.client.send(new ListObjectsCommand({ Bucket, Marker: 'a' }));
  expect(Contents?.map(({ Key }) => Key)).toEqual(['b', 'c']);
});
