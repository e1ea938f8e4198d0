import { MAX_ENVELOPE_BYTES, SQS } from '../contract/limits.ts';

/**
 * Cuts sends into batches that SQS takes: at most 10 entries, and together no more than one envelope may have. The
 * rest of SQS's 1 MiB is room to grow: a claimed idempotency key may raise an envelope's epoch.
 */
export function* batchChunks<Send extends { readonly bytes: number }>(
  sends: Iterable<Send>,
): Generator<readonly Send[]> {
  let chunk: Send[] = [];
  let bytes = 0;
  for (const send of sends) {
    if (chunk.length === SQS.maxBatchEntries || bytes + send.bytes > MAX_ENVELOPE_BYTES) {
      if (chunk.length > 0) yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(send);
    bytes += send.bytes;
  }
  if (chunk.length > 0) yield chunk;
}
