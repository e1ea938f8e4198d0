import { NonRetryableError } from '../../contract/errors.ts';
import { fileNameOf } from '../../contract/export/export-keys.ts';
import type { ExportedFile } from '../../contract/export/exported-file.ts';
import { type Checkpoint, firstCheckpoint, type Position, withETag } from './checkpoint.ts';
import type { ExportStore, Saved } from './export-store.ts';
import type { ExportTarget } from './export-target.ts';
import { createPartBuffer } from './part-buffer.ts';
import { createPartUploads } from './part-uploads.ts';
import { type Page, writePage } from './write-rows.ts';

/** All parts but the last. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MIN_PART_BYTES = 5 * 1024 * 1024;

/** Of ten thousand parts this makes 80 GB; a part is as large as its last page needs. */
const PART_BYTES = 8 * 1024 * 1024;

/** What one run is made of, in this invocation. */
export interface ExportWork extends Pick<ExportTarget, 'format' | 'gzip'> {
  readonly store: ExportStore;
  readonly bucket: string;
  /** The key of the file, if it is begun now. */
  newKey(): string;
  /** Whether there is time for another page. */
  hasTime(): boolean;
  readPage(cursor: unknown): Promise<Page>;
  /** @throws RunEndedError when the run has ended */
  tell(position: Position): Promise<void>;
  /** Whether it has been told of long ago, though no part is full. */
  tellIsDue(): boolean;
}

/**
 * Goes on with an export for as long as there is time. After a crash, whatever the last checkpoint does not count is done
 * again, into the same parts.
 *
 * @returns the file, once it is there
 */
export async function writeExport(work: ExportWork): Promise<ExportedFile | undefined> {
  const begun = (await work.store.load()) ?? (await begin(work));
  const { checkpoint } = begun.checkpoint.position.done
    ? begun
    : await writePages(work, begun).catch(async (error: unknown) => {
        // A rule of the bucket's, or somebody, has aborted the upload: another attempt begins another one.
        if (isNamed(error, 'NoSuchUpload')) await work.store.forget();
        throw error;
      });
  // Putting many parts together takes minutes: with the time of another turn, if need be.
  return checkpoint.position.done && work.hasTime() ? await finish(work, checkpoint) : undefined;
}

async function begin(work: ExportWork): Promise<Saved> {
  const { store } = work;
  const key = work.newKey();
  // Of a process that has ended between these two writes.
  await store.abortOthers(key);
  const uploadId = await store.createUpload(key, contentTypeOf(work));
  const saved = await store.save(firstCheckpoint({ uploadId, key }), undefined);
  // If the run was canceled meanwhile, nobody else knows of the upload.
  await work.tell(saved.checkpoint.position);
  return saved;
}

async function writePages(work: ExportWork, begun: Saved): Promise<Saved> {
  const { store, format, gzip } = work;
  const { tail } = begun.checkpoint;
  const buffer = createPartBuffer(gzip, tail && (await store.loadTail(tail)));
  const uploads = createPartUploads(
    store,
    begun,
    position => work.tell(position),
    part => buffer.giveBack(part),
  );
  let { position } = begun.checkpoint;
  try {
    while (!position.done && work.hasTime()) {
      position = await writePage(format, buffer, position, await work.readPage(position.cursor));
      if (position.done) break;
      if (buffer.bytes >= PART_BYTES) await uploads.add(await buffer.take(), position);
      else if (work.tellIsDue()) await work.tell(position);
    }
    const rest = await buffer.take();
    const isPart = rest.length >= MIN_PART_BYTES || (position.done && rest.length > 0);
    if (isPart) await uploads.add(rest, position);
    const saved = await uploads.settle();
    return isPart ? saved : await saveRest(work, saved, rest, position);
  } catch (error) {
    // What is under way is not left behind: another attempt would meet it.
    await uploads.settle().catch(() => {});
    throw error;
  }
}

async function saveRest(
  { store, tell }: ExportWork,
  saved: Saved,
  rest: Buffer,
  position: Position,
): Promise<Saved> {
  if (position.pages === saved.checkpoint.position.pages) return saved;
  const { tail: _inTheRest, ...checkpoint } = saved.checkpoint;
  const tail = rest.length > 0 ? await store.saveTail(rest, `tail-${position.pages}`) : undefined;
  try {
    const next = await store.save({ ...checkpoint, ...(tail && { tail }), position }, saved);
    await tell(position);
    return next;
  } catch (error) {
    // All was removed meanwhile: nobody would remove it.
    if (tail && isNamed(error, 'NoSuchKey')) await store.removeTail(tail);
    throw error;
  }
}

/** What S3 refuses to put together by: the upload is over, or there is such a file, or there may be. */
const REFUSALS = ['NoSuchUpload', 'PreconditionFailed', 'ConditionalRequestConflict'];

async function finish(work: ExportWork, checkpoint: Checkpoint): Promise<ExportedFile> {
  const { store, bucket } = work;
  const { key, bytes, position } = checkpoint;
  try {
    await putTogether(work, checkpoint);
  } catch (error) {
    if (!REFUSALS.some(name => isNamed(error, name))) throw error;
    if ((await store.sizeOf(key)) !== bytes) {
      // Nothing comes of this upload any more: another attempt begins another one.
      // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
      await store.forget();
      throw error;
    }
    // The file is this one, for no other has its key: it was put together before, and the answer was lost.
    await store.abort(checkpoint);
  }
  return {
    bucket,
    key,
    fileName: fileNameOf(key),
    contentType: contentTypeOf(work),
    rows: position.rows,
    bytes,
    crc32: hexOf(checkpoint.crc32),
  };
}

async function putTogether(work: ExportWork, checkpoint: Checkpoint): Promise<void> {
  const { store, bucket } = work;
  const { key, parts } = checkpoint;
  if (parts === 0) {
    // S3 puts nothing together of no parts.
    await store.write(key, Buffer.alloc(0), { over: 'nothing', contentType: contentTypeOf(work) });
    await store.abort(checkpoint);
    return;
  }
  const etags = await store.listParts(checkpoint, parts);
  if (etags.reduce(withETag, '') !== checkpoint.etags) {
    throw new NonRetryableError(
      `The parts of ${bucket}/${key} are not those that were written: another process has changed them. Start the export again`,
    );
  }
  await store.complete(checkpoint, etags);
}

export function hexOf(crc32: number): string {
  return crc32.toString(16).padStart(8, '0');
}

function contentTypeOf({ format, gzip }: ExportWork): string {
  return gzip ? 'application/gzip' : format.contentType;
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
