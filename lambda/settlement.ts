import { toRunError } from '../contract/dead-letter.ts';
import type { Envelope } from '../contract/envelope.ts';
import { NonRetryableError, RetryAfterError } from '../contract/errors.ts';
import { MAX_RESULT_BYTES, MAX_STORED_ENVELOPE_BYTES } from '../contract/limits.ts';
import { toMessageBody } from '../contract/message-body.ts';
import { backoffMs } from '../contract/retry-policy.ts';
import type { DeadLetterCause, RunError } from '../contract/run.ts';
import { deadLetterKey, type RunItem } from '../contract/run-item.ts';
import type { TaskPolicy } from '../contract/task.ts';
import type { ItemChange } from './run-store.ts';

/** What becomes of a claimed run when its attempt is over. */
export type Settlement =
  | { readonly status: 'succeeded'; readonly result: string | undefined }
  | { readonly status: 'retrying'; readonly notBefore: number; readonly error: RunError }
  /** Given back before it could end; the attempt does not count. */
  | { readonly status: 'released' }
  | { readonly status: 'deadLettered'; readonly cause: DeadLetterCause; readonly error: RunError };

/** The run can never succeed, whatever its handler does: it is dead-lettered for this cause without a retry. */
export class RefusedRun extends Error {
  override readonly name: string;
  readonly deadLetterCause: DeadLetterCause;

  constructor(deadLetterCause: DeadLetterCause, name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.deadLetterCause = deadLetterCause;
    this.name = name;
  }
}

/** The function's deadline came before the attempt's timeout. */
export class ReleasedAttempt extends Error {
  override readonly name = 'ReleasedAttempt';
}

/**
 * What a handler's return value is stored as.
 * @throws RefusedRun when it cannot be stored: that must come out before the run is recorded as succeeded
 */
export function settleSuccess(result: unknown): Settlement {
  let json: string | undefined;
  try {
    json = JSON.stringify(result);
  } catch (cause) {
    throw new RefusedRun(
      'invalidResult',
      'TaskResultError',
      `the handler's result is not JSON (${String(cause)}); return plain data`,
      { cause },
    );
  }
  const bytes = json === undefined ? 0 : Buffer.byteLength(json);
  if (bytes > MAX_RESULT_BYTES) {
    throw new RefusedRun(
      'invalidResult',
      'TaskResultError',
      `the handler's result is ${bytes} bytes of JSON, ${bytes - MAX_RESULT_BYTES} over the limit of ` +
        `${MAX_RESULT_BYTES}; store it elsewhere and return a reference to it`,
    );
  }
  return { status: 'succeeded', result: json };
}

/** What follows what was thrown in attempt number `attempt`. */
export function settleFailure(
  thrown: unknown,
  attempt: number,
  policy: TaskPolicy,
  nowMs: number,
  random: () => number,
): Settlement {
  if (thrown instanceof ReleasedAttempt) return { status: 'released' };
  const error = toRunError(thrown);
  if (thrown instanceof RefusedRun) return { status: 'deadLettered', cause: thrown.deadLetterCause, error };
  if (thrown instanceof NonRetryableError) return { status: 'deadLettered', cause: 'notRetryable', error };
  if (attempt >= policy.retry.attempts) return { status: 'deadLettered', cause: 'attemptsUsedUp', error };
  const delayMs =
    thrown instanceof RetryAfterError ? thrown.delayMs : backoffMs(policy.retry, attempt, random);
  return { status: 'retrying', notBefore: nowMs + delayMs, error };
}

/** The write that records a settlement. */
export function toItemChange(
  settlement: Settlement,
  envelope: Envelope,
  attempt: number,
  retentionMs: TaskPolicy['retentionMs'],
  nowMs: number,
): ItemChange & { set: { status: RunItem['status'] } } {
  switch (settlement.status) {
    case 'succeeded':
      return {
        set: {
          status: 'succeeded',
          finishedAt: nowMs,
          expiresAt: toSeconds(nowMs + retentionMs.succeeded),
          ...(settlement.result !== undefined && { result: settlement.result }),
        },
      };
    case 'retrying':
      return {
        set: { status: 'retrying', notBefore: settlement.notBefore, error: JSON.stringify(settlement.error) },
      };
    case 'released':
      return { set: { status: 'retrying', notBefore: nowMs, attempt: attempt - 1 } };
    case 'deadLettered':
      return {
        set: {
          status: 'deadLettered',
          finishedAt: nowMs,
          expiresAt: toSeconds(nowMs + retentionMs.deadLettered),
          cause: settlement.cause,
          error: JSON.stringify(settlement.error),
          deadLetterKey: deadLetterKey(envelope.task, nowMs, envelope.runId),
          ...storedEnvelope(envelope),
        },
      };
  }
}

function storedEnvelope(envelope: Envelope): { envelope?: string } {
  const body = toMessageBody(envelope);
  return Buffer.byteLength(body) <= MAX_STORED_ENVELOPE_BYTES ? { envelope: body } : {};
}

const toSeconds = (ms: number) => Math.ceil(ms / 1000);
