import { createHash } from 'node:crypto';
import { fileNameOf } from '../../contract/export/export-keys.ts';
import type { Checkpoint, Tail } from './checkpoint.ts';
import type { Objects } from './objects.ts';
import { type RunPlace, uploadsOf, workPrefixOf } from './run-place.ts';

/** What one file of a run has in S3 until it is there: its upload, its checkpoint, its tails. */
export interface ExportStore
  extends Pick<
    Objects,
    'createUpload' | 'uploadPart' | 'listParts' | 'complete' | 'abort' | 'sizeOf' | 'write'
  > {
  /** The checkpoint as it was written last, and what the next one replaces. */
  load(): Promise<Saved | undefined>;
  /** @throws S3's PreconditionFailed, when another process has written one meanwhile, or all was removed */
  save(checkpoint: Checkpoint, over: Saved | undefined): Promise<Saved>;
  /** Lets the next attempt begin from the beginning. */
  forget(): Promise<void>;
  saveTail(bytes: Buffer, name: string): Promise<Tail>;
  loadTail(tail: Tail): Promise<Buffer>;
  removeTail(tail: Tail): Promise<void>;
  /** Aborts what uploads of this file there are. */
  abortOthers(key: string): Promise<void>;
}

export interface Saved {
  readonly checkpoint: Checkpoint;
  readonly etag: string;
}

/** @param file which of the run's files it is */
export function createExportStore(objects: Objects, place: RunPlace, file: string): ExportStore {
  const work = `${workPrefixOf(place)}${file}/`;
  const checkpointKey = `${work}${CHECKPOINT}`;
  return {
    ...objects,
    async load() {
      const found = await objects.read(checkpointKey);
      return found && { checkpoint: JSON.parse(found.bytes.toString()) as Checkpoint, etag: found.etag };
    },
    async save(checkpoint, over) {
      const etag = await objects.write(checkpointKey, JSON.stringify(checkpoint), {
        over: over?.etag ?? 'nothing',
        contentType: 'application/json',
      });
      return { checkpoint, etag };
    },
    forget: () => objects.remove(checkpointKey),
    async saveTail(bytes, name) {
      const key = `${work}${name}`;
      await objects.write(key, bytes, { over: 'anything' });
      return { key, sha256: sha256(bytes) };
    },
    async loadTail(tail) {
      const found = await objects.read(tail.key);
      if (found && sha256(found.bytes) === tail.sha256) return found.bytes;
      throw new Error(`${tail.key} is not what was stored there`);
    },
    removeTail: tail => objects.remove(tail.key),
    async abortOthers(key) {
      for (const upload of await uploadsOf(objects, place)) {
        if (fileNameOf(upload.key) === fileNameOf(key)) await objects.abort(upload);
      }
    },
  };
}

export const CHECKPOINT = 'checkpoint.json';

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url');
}
