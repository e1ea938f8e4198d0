import { createHash } from 'node:crypto';
import type { CursorWatch } from './cursor-watch.ts';

/**
 * How far an export is: everything by which another process goes on. All that it counts is in parts that S3 has, or in
 * the tail; whatever was done after it is done again.
 */
export interface Checkpoint {
  readonly v: 1;
  readonly uploadId: string;
  readonly key: string;
  /** Parts 1 to this one are the file so far. */
  readonly parts: number;
  /** Over the ETags of these parts, in their order: they are too many to be kept. */
  readonly etags: string;
  /** Bytes of these parts, and the checksum over them. */
  readonly bytes: number;
  readonly crc32: number;
  /** What is not enough for a part yet. */
  readonly tail?: Tail;
  readonly position: Position;
}

/** How far the reading is. */
export interface Position {
  /** Of the page to read next; the first page has none. */
  readonly cursor?: unknown;
  readonly pages: number;
  readonly rows: number;
  readonly total?: number;
  /** None before the first cursor, nor after the last. */
  readonly watch?: CursorWatch;
  /** The format's own, in an object; absent until it has begun. */
  readonly format?: { readonly state: unknown };
  /** All is read and written; only the file is to be put together. */
  readonly done: boolean;
}

export interface Tail {
  readonly key: string;
  readonly sha256: string;
}

export function firstCheckpoint(given: Pick<Checkpoint, 'uploadId' | 'key'>): Checkpoint {
  return {
    v: 1,
    ...given,
    parts: 0,
    etags: '',
    bytes: 0,
    crc32: 0,
    position: { pages: 0, rows: 0, done: false },
  };
}

export function withETag(etags: string, etag: string): string {
  return createHash('sha256').update(`${etags} ${etag}`).digest('base64url');
}
