import type { Clock } from '../contract/clock.ts';
import { formatDuration } from '../contract/duration.ts';
import type { AttemptWatch } from './attempt-watch.ts';
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
  readonly watch: Pick<AttemptWatch, 'beat' | 'beatAt' | 'interrupted'>;
}

/** With a reason of its own, an abort makes no error: this one ends every attempt, and nobody looks at it. */
const OVER = Symbol('the attempt is over');

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
  const interruption = Promise.race([timeUp(limits, clock, over.signal), limits.watch.interrupted]).catch(
    (reason: unknown) => {
      if (!over.signal.aborted) attempt.abort(reason);
      throw reason;
    },
  );
  try {
    return await Promise.race([(async () => await call(attempt.signal))(), interruption]);
  } finally {
    over.abort(OVER);
  }
}

/** Rejects when the attempt's time is used up; gives its signs of life until then. */
async function timeUp(
  { timeoutMs, releaseAt, watch }: AttemptLimits,
  clock: Clock,
  over: AbortSignal,
): Promise<never> {
  const timeoutAt = clock.now() + timeoutMs;
  const endsAt = Math.min(timeoutAt, releaseAt);
  for (let now = clock.now(); now < endsAt; now = clock.now()) {
    if (now >= watch.beatAt) watch.beat();
    await clock.sleep(Math.min(endsAt, watch.beatAt) - now, over);
  }
  throw releaseAt < timeoutAt
    ? new ReleasedAttempt('the function is about to end')
    : new TaskTimeoutError(`the attempt was not over after its timeout of ${formatDuration(timeoutMs)}`);
}
