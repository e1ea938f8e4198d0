import type { Catcher, Failable, Retrier } from '../definition/definition.ts';
import { leave, type StateEntry, type StateExit } from './state-entry.ts';
import { matchesError, StateFailure } from './state-failure.ts';
import { waitUntil } from './wait.ts';

/**
 * Tries a state until it succeeds, nothing retries its error any more, and nothing catches it.
 *
 * @param attempt begins anew each time, and may leave the state whole.
 * @throws StateFailure that nothing caught. The signal's reason when that aborts.
 */
export async function withRetries(
  state: Failable,
  entry: StateEntry,
  attempt: () => Promise<StateExit>,
): Promise<StateExit> {
  const { scope } = entry;
  const retries = new Map<Retrier, number>();
  for (;;) {
    try {
      return await attempt();
    } catch (failure) {
      if (!(failure instanceof StateFailure) || scope.signal.aborted) throw failure;
      const retrier = state.Retry?.find(({ ErrorEquals }) => matchesAny(ErrorEquals, failure));
      const done = retrier ? (retries.get(retrier) ?? 0) : 0;
      if (retrier && done < (retrier.MaxAttempts ?? DEFAULT.MaxAttempts)) {
        retries.set(retrier, done + 1);
        delete scope.frame.awaited;
        delete scope.frame.children;
        await waitUntil(scope.clock, scope.clock.now() + delayMs(retrier, done, scope.random), scope.signal);
        entry.retryCount++;
        continue;
      }
      const catcher = state.Catch?.find(({ ErrorEquals }) => matchesAny(ErrorEquals, failure));
      if (catcher) return await caught(catcher, entry, failure);
      throw failure;
    }
  }
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error */
const DEFAULT = { IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: 2 };

/** @param done retries before this one. */
export function delayMs(retrier: Retrier, done: number, random: () => number): number {
  const { IntervalSeconds = DEFAULT.IntervalSeconds, BackoffRate = DEFAULT.BackoffRate } = retrier;
  const { MaxDelaySeconds = Number.POSITIVE_INFINITY, JitterStrategy } = retrier;
  const seconds = Math.min(IntervalSeconds * BackoffRate ** done, MaxDelaySeconds);
  return seconds * 1000 * (JitterStrategy === 'FULL' ? random() : 1);
}

function matchesAny(patterns: readonly string[], { error }: StateFailure): boolean {
  return patterns.some(pattern => matchesError(pattern, error));
}

async function caught(
  catcher: Catcher,
  entry: StateEntry,
  { error, details }: StateFailure,
): Promise<StateExit> {
  const errorOutput = { Error: error, Cause: details };
  return { next: catcher.Next, ...(await leave(entry, catcher, errorOutput, { errorOutput })) };
}
