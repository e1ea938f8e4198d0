import { ObjectLostError } from '../client/run-objects.ts';
import type { Envelope } from '../contract/envelope.ts';
import { MAX_NESTING } from '../contract/limits.ts';
import type { ObjectRef } from '../contract/object-ref.ts';
import { isNestedDeeper } from '../contract/payload.ts';
import type { ConsumedQueue } from './consumer.ts';
import { RefusedRun } from './refused-run.ts';
import { ReleasedAttempt } from './settlement.ts';

/**
 * What a run has in its queue's payload bucket.
 *
 * @throws RefusedRun when it is lost: another attempt would not find it either
 * @throws ReleasedAttempt when S3 does not answer it: no attempt of the handler's
 */
export async function fetchObject(
  { objects }: ConsumedQueue,
  runId: string,
  ref: ObjectRef,
  signal?: AbortSignal,
): Promise<string> {
  if (objects === undefined) {
    throw new RefusedRun(
      'payloadLost',
      'ObjectLostError',
      'the run has something in a payload bucket, and its queue has none: give the TaskQueue its payloadBucket again, ' +
        'and redrive the run',
    );
  }
  try {
    return await objects.get(runId, ref, signal);
  } catch (cause) {
    if (cause instanceof ObjectLostError) throw new RefusedRun('payloadLost', cause.name, cause.message);
    throw new ReleasedAttempt('S3 did not answer what the run has in its payload bucket', { cause });
  }
}

/** The payload that came in the message, or that the message refers to. */
export async function fetchPayload(
  { runId, payload, payloadRef }: Envelope,
  queue: ConsumedQueue,
  signal: AbortSignal,
): Promise<unknown> {
  if (payloadRef === undefined) return payload;
  const fetched: unknown = JSON.parse(await fetchObject(queue, runId, payloadRef, signal));
  if (isNestedDeeper(fetched, MAX_NESTING)) {
    const message = `the payload must not be nested more than ${MAX_NESTING} levels deep`;
    throw new RefusedRun('invalidPayload', 'TaskPayloadError', message);
  }
  return fetched;
}
