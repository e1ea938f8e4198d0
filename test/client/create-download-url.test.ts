import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDownloadUrl } from '../../client/export/create-download-url.ts';
import { systemClock } from '../../contract/clock.ts';
import { type StartedS3, startS3 } from '../local/s3/start-s3.ts';

let s3: StartedS3;
beforeAll(async () => {
  s3 = await startS3();
  await s3.client.send(new PutObjectCommand({ Bucket: 'photos', Key: 'exports/orders.csv', Body: 'a\r\n' }));
});
afterAll(() => s3.stop());

const clock = { ...systemClock, now: () => s3.clock.now() };

const file = {
  bucket: 'photos',
  key: 'exports/orders.csv',
  fileName: 'orders.csv',
  contentType: 'text/csv; charset=utf-8',
};

test('a link downloads the file, with its type and its name', async () => {
  const response = await fetch(await createDownloadUrl(file, { s3: s3.client, clock }));
  expect(await response.text()).toBe('a\r\n');
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(response.headers.get('content-disposition')).toBe(
    `attachment; filename="orders.csv"; filename*=UTF-8''orders.csv`,
  );
});

test('whatever the name is, the header is one', async () => {
  const url = await createDownloadUrl(file, {
    s3: s3.client,
    fileName: 'Été "1"\r\nX: y.csv',
    disposition: 'inline',
  });
  expect(new URL(url).searchParams.get('response-content-disposition')).toBe(
    `inline; filename="_t___1___X__y.csv"; filename*=UTF-8''%C3%89t%C3%A9%20%221%22%0D%0AX%3A%20y.csv`,
  );
});

test('it lives for 15 minutes, or as long as is said', async () => {
  const lifetime = async (expiresIn?: '1h') =>
    new URL(
      await createDownloadUrl(file, { s3: s3.client, ...(expiresIn && { expiresIn }) }),
    ).searchParams.get('X-Amz-Expires');
  expect(await lifetime()).toBe('900');
  expect(await lifetime('1h')).toBe('3600');
});

test.each(['13h', '500ms', '30d'] as const)('refuses a lifetime of %s', async expiresIn => {
  await expect(createDownloadUrl(file, { s3: s3.client, expiresIn })).rejects.toThrow(
    `expiresIn must be from 1s to 12h, for no role's credentials last longer, got ${expiresIn}`,
  );
});
