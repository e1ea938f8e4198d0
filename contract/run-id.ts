import { createHash, randomUUID } from 'node:crypto';

/**
 * A new run's id: a version 7 UUID, so that ids sort by the time they were made.
 * https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
 */
export function newRunId(nowMs: number): string {
  if (nowMs !== last.ms) last = { ms: nowMs, prefix: prefixOf(nowMs) };
  // A version 4 UUID has its random bits where version 7 has them, and Node makes many of them at a time.
  return last.prefix + randomUUID().slice(15);
}

/** Many runs are sent in one millisecond. */
let last = { ms: Number.NaN, prefix: '' };

function prefixOf(ms: number): string {
  const time = Math.trunc(ms).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7`;
}

/**
 * Run ids are made here, or are SQS message ids. Anything else from outside is none: ids stand in S3's keys, in SQS's
 * deduplication ids (128 characters, with an epoch behind), and beside the keys of schedules in the run table.
 */
export function isRunId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-zA-Z_-]{1,100}$/.test(value);
}

export const RUN_ID_RULE = '1 to 100 of a-z A-Z 0-9 _ -';

/** Whether a string can be an idempotency key: 1 to 1,024 UTF-16 units, without lone surrogates, which all hash alike. */
export function isIdempotencyKey(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 1024 && value.isWellFormed();
}

export const IDEMPOTENCY_KEY_RULE = 'a string of 1 to 1024 characters, without lone surrogates';

/**
 * The id of the run that an idempotency key stands for. Whoever knows the task and the key can compute it, so two
 * producers that never met send the same run. NUL cannot occur in a task's name, so no two pairs meet in one id.
 */
export function runIdOfKey(task: string, idempotencyKey: string): string {
  return createHash('sha256').update(`${task}\0${idempotencyKey}`).digest('hex');
}
