import { crc32 } from 'node:zlib';
import { NonRetryableError } from '../../contract/errors.ts';
import { type Checkpoint, type Position, withETag } from './checkpoint.ts';
import type { ExportStore, Saved } from './export-store.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MAX_PARTS = 10_000;

/** Each is in memory, beside the one that is written. Rows are not serialized faster than two connections take them. */
const MAX_IN_FLIGHT = 2;

/** Uploads parts side by side, and writes a checkpoint behind each one once it and all before it are there. */
export interface PartUploads {
  /** Waits while too many are under way. @throws what an upload before has failed with */
  add(body: Buffer, position: Position): Promise<void>;
  /** The last checkpoint, once nothing is under way any more. @throws what an upload before has failed with */
  settle(): Promise<Saved>;
}

export function createPartUploads(
  store: Pick<ExportStore, 'uploadPart' | 'save'>,
  begun: Saved,
  onSaved: (position: Position) => Promise<void>,
  onUploaded: (body: Buffer) => void,
): PartUploads {
  const underWay = new Set<Promise<unknown>>();
  let last = Promise.resolve(begun);
  let { parts, crc32: checksum } = begun.checkpoint;
  let failure: { readonly error: unknown } | undefined;
  return {
    async add(body, position) {
      while (underWay.size >= MAX_IN_FLIGHT) await Promise.race(underWay);
      if (failure) throw failure.error;
      parts += 1;
      if (parts > MAX_PARTS) {
        throw new NonRetryableError(
          `A file in S3 has at most ${MAX_PARTS} parts, which are full after ${position.rows} rows; export less into one file, ` +
            'or compress it',
        );
      }
      checksum = crc32(body, checksum);
      const upload = store.uploadPart(begun.checkpoint, parts, body).then(etag => {
        onUploaded(body);
        return etag;
      });
      last = saveBehind(last, upload, { bytes: body.length, crc32: checksum }, position);
      // Whoever adds the next one, or settles, learns of it.
      last.catch(error => {
        failure ??= { error };
      });
      const done: Promise<unknown> = Promise.allSettled([upload, last]).then(() => underWay.delete(done));
      underWay.add(done);
    },
    async settle() {
      // One that failed says nothing of those beside it, and what arrives after its upload was aborted is kept by nobody.
      await Promise.all(underWay);
      return await last;
    },
  };

  async function saveBehind(
    before: Promise<Saved>,
    upload: Promise<string>,
    added: Pick<Checkpoint, 'bytes' | 'crc32'>,
    position: Position,
  ): Promise<Saved> {
    const saved = await before;
    const etag = await upload;
    const { tail: _inThisPart, ...checkpoint } = saved.checkpoint;
    const next = await store.save(
      {
        ...checkpoint,
        parts: checkpoint.parts + 1,
        etags: withETag(checkpoint.etags, etag),
        bytes: checkpoint.bytes + added.bytes,
        crc32: added.crc32,
        position,
      },
      saved,
    );
    await onSaved(position);
    return next;
  }
}
