import type { Clock } from '../contract/clock.ts';
import { formatDuration } from '../contract/duration.ts';
import type { Deadline } from './deadline.ts';
import { ReleasedAttempt } from './settlement.ts';

/** The attempt was not over when its task's timeout was. */
export class TaskTimeoutError extends Error {
  override readonly name = 'TaskTimeoutError';
}

/**
 * Runs a handler under its timeout. When that has passed, the signal aborts and the attempt has failed, whether the
 * handler heeds the signal or not.
 */
export async function runAttempt(
  call: (signal: AbortSignal) => unknown,
  timeoutMs: number,
  deadline: Deadline,
  clock: Clock,
): Promise<unknown> {
  const attempt = new AbortController();
  const timer = new AbortController();
  const untilReleaseMs = deadline.releaseAt - clock.now();
  const ended = clock.sleep(Math.max(0, Math.min(timeoutMs, untilReleaseMs)), timer.signal).then(() => {
    const reason =
      untilReleaseMs < timeoutMs
        ? new ReleasedAttempt('the function is about to end')
        : new TaskTimeoutError(`the attempt was not over after its timeout of ${formatDuration(timeoutMs)}`);
    attempt.abort(reason);
    throw reason;
  });
  try {
    return await Promise.race([(async () => await call(attempt.signal))(), ended]);
  } finally {
    timer.abort();
  }
}
