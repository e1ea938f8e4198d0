import type { Clock } from '../contract/clock.ts';
import { formatDuration } from '../contract/duration.ts';
import { ReleasedAttempt } from './settlement.ts';

/** The attempt was not over when its task's timeout was. */
class TaskTimeoutError extends Error {
  override readonly name = 'TaskTimeoutError';
}

/** What ends an attempt that has not ended by itself. */
export interface AttemptLimits {
  readonly timeoutMs: number;
  /** When the function is about to end, in milliseconds since the epoch. */
  readonly releaseAt: number;
  /** Rejects with whatever else ends it; stops looking when the signal aborts. */
  readonly interrupted: (ended: AbortSignal) => Promise<never>;
}

/**
 * Runs a handler within its limits. At the first of them the signal aborts and the attempt has failed with its reason,
 * whether the handler heeds the signal or not.
 */
export async function runAttempt(
  call: (signal: AbortSignal) => unknown,
  limits: AttemptLimits,
  clock: Clock,
): Promise<unknown> {
  const attempt = new AbortController();
  const over = new AbortController();
  const interruption = Promise.race([
    timeUp(limits, clock, over.signal),
    limits.interrupted(over.signal),
  ]).catch((reason: unknown) => {
    if (!over.signal.aborted) attempt.abort(reason);
    throw reason;
  });
  try {
    return await Promise.race([(async () => await call(attempt.signal))(), interruption]);
  } finally {
    over.abort();
  }
}

async function timeUp(
  { timeoutMs, releaseAt }: AttemptLimits,
  clock: Clock,
  over: AbortSignal,
): Promise<never> {
  const untilReleaseMs = releaseAt - clock.now();
  await clock.sleep(Math.max(0, Math.min(timeoutMs, untilReleaseMs)), over);
  throw untilReleaseMs < timeoutMs
    ? new ReleasedAttempt('the function is about to end')
    : new TaskTimeoutError(`the attempt was not over after its timeout of ${formatDuration(timeoutMs)}`);
}
