import type { SqsRecord } from './sqs-event-record.ts';

/** Records on their way into one invocation. */
export interface Batch {
  readonly records: readonly SqsRecord[];
  /** When the first of its messages is the queue's again. */
  readonly hiddenUntilMs: number;
  readonly room: number;
  /** False, and nothing is added, when the invocation's payload would become too large. */
  add(record: SqsRecord): boolean;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, less what wraps the records */
const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024 - 1024;

export function createBatch(maxRecords: number, hiddenUntilMs: number): Batch {
  const records: SqsRecord[] = [];
  let bytes = 0;
  return {
    records,
    hiddenUntilMs,
    get room() {
      return maxRecords - records.length;
    },
    add(record) {
      const recordBytes = Buffer.byteLength(JSON.stringify(record)) + 1;
      if (bytes + recordBytes > MAX_PAYLOAD_BYTES) return false;
      records.push(record);
      bytes += recordBytes;
      return true;
    },
  };
}
