import { createGzip, type Gzip } from 'node:zlib';

/** What is written and not uploaded yet. */
export interface PartBuffer {
  /** Bytes that it has, compressed; of what was written last, some may not be counted yet. */
  readonly bytes: number;
  write(chunk: string | Uint8Array): Promise<void>;
  /** Takes all of it; a gzip member ends here, so that whatever comes next can be made in another process. */
  take(): Promise<Buffer>;
  /** Once nobody needs what was taken any more: its memory is used again, so that none is left to be collected. */
  giveBack(taken: Buffer): void;
}

/** A part and what its last page has over it; more when a page is larger. */
const ROOM_BYTES = 9 * 1024 * 1024;

/** What a page is larger by is not known before it is written. */
const GROWTH = 1.5;

export function createPartBuffer(gzip: boolean, tail?: Buffer): PartBuffer {
  const spare: Buffer[] = [];
  // There is one once something is written: by then, one that was taken may have come back.
  let part: Buffer | undefined;
  let bytes = 0;
  let member: Gzip | undefined;

  function roomFor(needed: number): Buffer {
    part ??= spare.pop() ?? Buffer.allocUnsafe(ROOM_BYTES);
    if (part.length - bytes >= needed) return part;
    const larger = Buffer.allocUnsafe(Math.max(Math.ceil(GROWTH * part.length), bytes + needed));
    part.copy(larger, 0, 0, bytes);
    part = larger;
    return part;
  }

  function keep(chunk: string | Uint8Array): void {
    if (typeof chunk === 'string') {
      bytes += roomFor(Buffer.byteLength(chunk)).write(chunk, bytes);
    } else {
      roomFor(chunk.length).set(chunk, bytes);
      bytes += chunk.length;
    }
  }

  if (tail) keep(tail);
  return {
    get bytes() {
      return bytes;
    },
    async write(chunk) {
      if (!gzip) return keep(chunk);
      // Of nothing, too: no bytes at all are no gzip file.
      member ??= createGzip().on('data', keep);
      await writeTo(member, chunk);
    },
    async take() {
      if (member) await end(member);
      member = undefined;
      const taken = (part ?? Buffer.alloc(0)).subarray(0, bytes);
      part = undefined;
      bytes = 0;
      return taken;
    },
    giveBack(taken) {
      spare.push(Buffer.from(taken.buffer));
    },
  };
}

function writeTo(gzip: Gzip, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    gzip.write(chunk, error => (error ? reject(error) : resolve()));
  });
}

function end(gzip: Gzip): Promise<void> {
  return new Promise((resolve, reject) => {
    gzip.once('error', reject).once('end', resolve).end();
  });
}
