import { createHash, randomBytes } from 'node:crypto';

/**
 * A new run's id: a version 7 UUID, so that ids sort by the time they were made.
 * https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
 */
export function newRunId(nowMs: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

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
