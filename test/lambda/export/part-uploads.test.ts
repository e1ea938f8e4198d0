import { expect, test } from 'vitest';
import { firstCheckpoint } from '../../../lambda/export/checkpoint.ts';
import type { ExportStore, Saved } from '../../../lambda/export/export-store.ts';
import { createPartUploads } from '../../../lambda/export/part-uploads.ts';

const BEGUN: Saved = { checkpoint: firstCheckpoint({ uploadId: 'u', key: 'k' }), etag: 'first' };

test('once one has failed, nothing is said before those beside it have ended', async () => {
  // GIVEN two parts under way
  const started: ReturnType<typeof Promise.withResolvers<string>>[] = [];
  const store: Pick<ExportStore, 'uploadPart' | 'save'> = {
    uploadPart() {
      started.push(Promise.withResolvers<string>());
      return started.at(-1)?.promise ?? Promise.reject(new Error('none is started'));
    },
    save: async checkpoint => ({ checkpoint, etag: `after ${checkpoint.parts}` }),
  };
  const uploads = createPartUploads(
    store,
    BEGUN,
    async () => {},
    () => {},
  );
  for (const pages of [1, 2]) await uploads.add(Buffer.of(pages), { pages, rows: pages, done: false });

  // WHEN the first one fails
  const seen: string[] = [];
  const settled = uploads.settle().catch((error: Error) => seen.push(error.message));
  started[0]?.reject(new Error('S3 is down'));
  await new Promise(setImmediate);

  // THEN
  expect(seen).toEqual([]);
  started[1]?.resolve('etag');
  await settled;
  expect(seen).toEqual(['S3 is down']);
});
