import { createHash } from 'node:crypto';
import { type QueueConfig, queueNameOf } from './environment.ts';
import { MAX_OBJECT_BYTES } from './limits.ts';
import { isRunId } from './run-id.ts';

/**
 * A text that is too large for where it belongs, a payload or a step's result, and lies in the queue's payload bucket
 * instead. Its key follows from this, the queue and the run: no message can point to anything else.
 */
export interface ObjectRef {
  /** The run's life in which it was stored: another life's may be alike, and goes its own way. */
  readonly epoch: number;
  /** Of the text, in hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

export function refTo(text: string, epoch: number): ObjectRef {
  return { epoch, sha256: sha256(text), bytes: Buffer.byteLength(text) };
}

/** Whether the text is the one that the reference was made of. */
export function fitsRef(text: string, ref: ObjectRef): boolean {
  return Buffer.byteLength(text) === ref.bytes && sha256(text) === ref.sha256;
}

export function isObjectRef(value: unknown): value is ObjectRef {
  if (typeof value !== 'object' || value === null) return false;
  const { epoch, sha256, bytes } = value as Partial<Record<keyof ObjectRef, unknown>>;
  return (
    isCount(epoch) &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    isCount(bytes) &&
    bytes <= MAX_OBJECT_BYTES
  );
}

export const AN_OBJECT_REF = `an epoch, a sha256 and bytes up to ${MAX_OBJECT_BYTES}`;

export function objectKey(queue: Pick<QueueConfig, 'url'>, runId: string, ref: ObjectRef): string {
  if (!isRunId(runId)) throw new TypeError(`run '${runId}' can have no objects: its id is not one of ours`);
  return `${queueNameOf(queue)}/${runId}/${ref.epoch}-${ref.sha256}`;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
