import { toRunError, whileRetrying } from '../contract/dead-letter.ts';
import { parseDuration } from '../contract/duration.ts';
import type { Envelope } from '../contract/envelope.ts';
import { NonRetryableError, RetryAfterError } from '../contract/errors.ts';
import { MAX_RESULT_BYTES, MAX_STORED_ENVELOPE_BYTES, SQS } from '../contract/limits.ts';
import { toMessageBody } from '../contract/message-body.ts';
import { backoffMs, type ResolvedRetryPolicy } from '../contract/retry-policy.ts';
import type { DeadLetterCause, RunError } from '../contract/run.ts';
import { deadLetterKey } from '../contract/run-item.ts';
import type { TaskPolicy } from '../contract/task.ts';
import { LeaseLost, RunCanceledError } from './attempt-watch.ts';
import type { Consumer } from './consumer.ts';
import { infrastructureDelayMs } from './infrastructure-delay.ts';
import { RefusedRun, refuseNoJson, refuseResult, STORE_ELSEWHERE } from './refused-run.ts';
import type { SettlingChange } from './run-store.ts';

/** What becomes of a claimed run when its attempt is over. */
export type Settlement =
  | { readonly status: 'succeeded'; readonly result: string | undefined }
  | { readonly status: 'retrying'; readonly notBefore: number; readonly error: RunError }
  /** With the error of an attempt that failed before it noticed. */
  | { readonly status: 'canceled'; readonly error?: RunError }
  /** Given back before it could end; the attempt does not count. */
  | { readonly status: 'released'; readonly delayMs: number; readonly error?: RunError }
  | { readonly status: 'deadLettered'; readonly cause: DeadLetterCause; readonly error: RunError };

/** The firing is not to be run, by its schedule's own rules: the run is canceled, with this as its error. */
export class SkippedFiring extends Error {
  override readonly name = 'RunSkippedError';
}

/**
 * The attempt could not go on, through no fault of its handler: before its timeout came the function's deadline; or a
 * service did not answer, whose error is the cause, and for which the next attempt waits.
 */
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
    throw refuseNoJson("the handler's result", String(cause), cause);
  }
  const bytes = json === undefined ? 0 : Buffer.byteLength(json);
  if (bytes > MAX_RESULT_BYTES) {
    throw refuseResult(
      `the handler's result is ${bytes} bytes of JSON, ${bytes - MAX_RESULT_BYTES} over the limit of ` +
        `${MAX_RESULT_BYTES}; ${STORE_ELSEWHERE}`,
    );
  }
  return { status: 'succeeded', result: json };
}

/** What follows what was thrown in attempt number `attempt`, for which the message was received `receives` times. */
export function settleFailure(
  thrown: unknown,
  { attempt, receives }: { readonly attempt: number; readonly receives: number },
  policy: TaskPolicy,
  nowMs: number,
  { random, redact }: Pick<Consumer, 'random' | 'redact'>,
): Settlement {
  if (thrown instanceof RunCanceledError) return { status: 'canceled' };
  // With its lease the attempt has lost its say: this settling will be refused.
  if (thrown instanceof LeaseLost) return { status: 'released', delayMs: 0 };
  const error = redact(toRunError(thrown));
  if (thrown instanceof ReleasedAttempt) {
    const delayMs = thrown.cause === undefined ? 0 : infrastructureDelayMs(receives, random);
    return { status: 'released', delayMs, error };
  }
  if (thrown instanceof SkippedFiring) return { status: 'canceled', error };
  if (thrown instanceof RefusedRun) return { status: 'deadLettered', cause: thrown.deadLetterCause, error };
  if (thrown instanceof NonRetryableError) return { status: 'deadLettered', cause: 'notRetryable', error };
  if (attempt >= policy.retry.attempts) return { status: 'deadLettered', cause: 'attemptsUsedUp', error };
  let delayMs: number | 'dead-letter';
  try {
    delayMs = nextDelayMs(thrown, attempt, policy.retry, random);
  } catch (broken) {
    const message = `the custom backoff failed, its max was taken: ${toRunError(broken).message}`;
    const both = toRunError(new Error(message, { cause: thrown }));
    return { status: 'retrying', notBefore: nowMs + policy.retry.maxMs, error: redact(both) };
  }
  if (delayMs === 'dead-letter') return { status: 'deadLettered', cause: 'notRetryable', error };
  return { status: 'retrying', notBefore: nowMs + delayMs, error };
}

/** @throws whatever a custom backoff throws, and when its answer is no duration */
function nextDelayMs(
  thrown: unknown,
  attempt: number,
  retry: ResolvedRetryPolicy,
  random: () => number,
): number | 'dead-letter' {
  if (thrown instanceof RetryAfterError) return thrown.delayMs;
  const delay = retry.custom?.(attempt, thrown);
  if (delay === undefined) return backoffMs(retry, attempt, random);
  return delay === 'dead-letter' ? delay : Math.min(parseDuration(delay, 'the custom backoff'), retry.maxMs);
}

/** What a settlement's write depends on beside the settlement. */
export interface SettledRun {
  readonly envelope: Envelope;
  /** The message's group, for a redrive from the item. */
  readonly groupKey: string | undefined;
  readonly attempt: number;
  readonly retentionMs: TaskPolicy['retentionMs'];
  /** What the item holds already and keeps. */
  readonly stepsBytes: number;
  /** As in the item. */
  readonly latestCopyAt?: number | undefined;
}

/** The write that records a settlement. */
export function toItemChange(settlement: Settlement, run: SettledRun, nowMs: number): SettlingChange {
  const { status } = settlement;
  switch (status) {
    case 'succeeded': {
      const { result } = settlement;
      return { set: { ...ended(status, run, nowMs), ...(result !== undefined && { result }) } };
    }
    case 'canceled': {
      const { error } = settlement;
      return { set: { ...ended(status, run, nowMs), ...(error && { error: JSON.stringify(error) }) } };
    }
    case 'deadLettered': {
      const { cause, error } = settlement;
      const { task, runId } = run.envelope;
      const key = deadLetterKey(task, nowMs, runId);
      return {
        set: {
          ...ended(status, run, nowMs),
          cause,
          error: JSON.stringify(error),
          deadLetterKey: key,
          ...toRedrive(run),
        },
      };
    }
    case 'retrying': {
      const { notBefore, error } = settlement;
      const expiresAt = expiryOfUnfinished(run, notBefore);
      return { set: { status, notBefore, error: JSON.stringify(whileRetrying(error)), expiresAt } };
    }
    case 'released':
      return {
        set: { status: 'retrying', notBefore: nowMs + settlement.delayMs, attempt: run.attempt - 1 },
      };
  }
}

function ended<Status extends keyof TaskPolicy['retentionMs']>(
  status: Status,
  run: SettledRun,
  nowMs: number,
) {
  return {
    status,
    finishedAt: nowMs,
    expiresAt: expiryOf(nowMs + run.retentionMs[status], run.latestCopyAt),
  };
}

/** Not before the message is sure to be gone: a run that DynamoDB forgot would have all its attempts again. */
export function expiryOfUnfinished(
  { retentionMs, latestCopyAt }: Pick<SettledRun, 'retentionMs' | 'latestCopyAt'>,
  fromMs: number,
): number {
  return expiryOf(fromMs + Math.max(LONGEST_IN_QUEUE_MS, ...Object.values(retentionMs)), latestCopyAt);
}

/** In seconds. Not before an earlier message of a run that was moved is sure to be gone either. */
function expiryOf(untilMs: number, latestCopyAt: number | undefined): number {
  const copyMs = latestCopyAt === undefined ? 0 : latestCopyAt + LONGEST_IN_QUEUE_MS;
  return Math.ceil(Math.max(untilMs, copyMs) / 1000);
}

const LONGEST_IN_QUEUE_MS = SQS.maxRetentionSeconds * 1000;

/** What a redrive from the item needs; a message that does not fit is redriven from the dead-letter queue. */
function toRedrive({ envelope, groupKey, stepsBytes }: SettledRun) {
  const body = toMessageBody(envelope);
  if (Buffer.byteLength(body) + stepsBytes > MAX_STORED_ENVELOPE_BYTES) return {};
  return { envelope: body, ...(groupKey !== undefined && { groupKey }) };
}
