import type { S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { readExportManifest } from '../../client/export/read-export-manifest.ts';

const FILE = { bucket: 'b', contentType: 'text/csv', rows: 1, bytes: 1, crc32: '00000000' };

const answering = (text: string) =>
  ({ send: async () => ({ Body: { transformToString: async () => text } }) }) as unknown as S3Client;

test('a file that is no manifest is refused before it is read', async () => {
  const s3 = { send: () => Promise.reject(new Error('it is read')) } as unknown as S3Client;
  const file = { ...FILE, key: 'exports/a.csv', fileName: 'a.csv' };
  await expect(readExportManifest(file, { s3 })).rejects.toThrow('exports/a.csv is no manifest');
});

test.each(['null', '{}', '{"files":7}'])('a manifest with %s in it is refused', async text => {
  const file = { ...FILE, key: 'exports/a.manifest.json', fileName: 'a.manifest.json' };
  await expect(readExportManifest(file, { s3: answering(text) })).rejects.toThrow('is no manifest');
});
