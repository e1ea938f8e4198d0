import { type S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { firstCheckpoint } from '../../../lambda/export/checkpoint.ts';
import { createExportStore, type ExportStore, type Saved } from '../../../lambda/export/export-store.ts';
import { createObjects } from '../../../lambda/export/objects.ts';
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

test('never more than two parts are under way, and whoever has another waits', async () => {
  // GIVEN S3, which answers to a part when it is told to
  const held: (() => void)[] = [];
  let underWay = 0;
  const seen: number[] = [];
  const client = {
    async send(command: object) {
      if (!(command instanceof UploadPartCommand)) return { ETag: 'checkpoint' };
      seen.push(++underWay);
      await new Promise<void>(resolve => held.push(resolve));
      underWay -= 1;
      return { ETag: `part ${command.input.PartNumber}` };
    },
  } as unknown as S3Client;
  const store = createExportStore(createObjects(client, 'b'), { exportName: 'orders', runId: 'r' }, 'file');
  const uploads = createPartUploads(
    store,
    BEGUN,
    async () => {},
    () => {},
  );

  // WHEN there are six parts at once
  let added = 0;
  const adding = (async () => {
    for (let pages = 1; pages <= 6; pages++) {
      await uploads.add(Buffer.of(pages), { pages, rows: pages, done: false });
      added += 1;
    }
  })();

  // THEN the third one waits for the first, and so on
  for (let answered = 0; answered < 6; answered++) {
    await new Promise(setImmediate);
    expect(added).toBe(Math.min(answered + 2, 6));
    held[answered]?.();
  }
  await adding;
  expect((await uploads.settle()).checkpoint).toMatchObject({ parts: 6, bytes: 6 });
  expect(seen).toEqual([1, 2, 2, 2, 2, 2]);
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
test('fails for good at part 10,001, before it is sent, and says what to do', async () => {
  const sent: number[] = [];
  const store: Pick<ExportStore, 'uploadPart' | 'save'> = {
    async uploadPart(_upload, partNumber) {
      sent.push(partNumber);
      return 'etag';
    },
    save: async checkpoint => ({ checkpoint, etag: `after ${checkpoint.parts}` }),
  };
  const almostFull = { ...BEGUN, checkpoint: { ...BEGUN.checkpoint, parts: 9999 } };
  const uploads = createPartUploads(
    store,
    almostFull,
    async () => {},
    () => {},
  );
  await uploads.add(Buffer.of(1), { pages: 1, rows: 1000, done: false });
  await expect(uploads.add(Buffer.of(2), { pages: 2, rows: 2000, done: false })).rejects.toMatchObject({
    name: 'NonRetryableError',
    message:
      'A file in S3 has at most 10000 parts, which are full after 2000 rows; export less into one file, or compress it',
  });
  expect(sent).toEqual([10_000]);
  expect((await uploads.settle()).checkpoint.parts).toBe(10_000);
});
