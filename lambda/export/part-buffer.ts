import { createGzip, type Gzip } from 'node:zlib';

/** What is written and not uploaded yet. */
export interface PartBuffer {
  /** Bytes that it has, compressed; of what was written last, some may not be counted yet. */
  readonly bytes: number;
  write(chunk: string | Uint8Array): Promise<void>;
  /** Takes all of it; a gzip member ends here, so that whatever comes next can be made in another process. */
  take(): Promise<Buffer>;
}

export function createPartBuffer(gzip: boolean, tail?: Buffer): PartBuffer {
  let chunks: Buffer[] = tail ? [tail] : [];
  let bytes = tail?.length ?? 0;
  let member: Gzip | undefined;

  function keep(chunk: Buffer): void {
    chunks.push(chunk);
    bytes += chunk.length;
  }

  return {
    get bytes() {
      return bytes;
    },
    async write(chunk) {
      if (!gzip) {
        keep(typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk));
        return;
      }
      // Of nothing, too: no bytes at all are no gzip file.
      member ??= createGzip().on('data', keep);
      await writeTo(member, chunk);
    },
    async take() {
      if (member) await end(member);
      member = undefined;
      const [only] = chunks;
      const all = chunks.length === 1 && only ? only : Buffer.concat(chunks);
      chunks = [];
      bytes = 0;
      return all;
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
