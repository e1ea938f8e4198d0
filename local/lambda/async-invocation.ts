import type { Clock, Timer } from '../clock.ts';
import type { LocalFunction } from './function-api.ts';

/** Invocations of type `Event`: accepted at once, run in the background. */
export interface AsyncInvoker {
  accept(target: LocalFunction, event: unknown): void;
  /** Drops what waits for a retry. */
  stop(): void;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_DELAYS_MS = [60_000, 120_000];
const FIRST_THROTTLE_DELAY_MS = 1_000;
const LONGEST_THROTTLE_DELAY_MS = 5 * 60_000;
const MAX_EVENT_AGE_MS = 6 * 60 * 60_000;

/**
 * After an error, two retries; after throttling, retries until the event is six hours old. What then still has not
 * succeeded is discarded, as it is in Lambda without a destination; the function's log has its errors.
 */
export function createAsyncInvoker(clock: Clock): AsyncInvoker {
  const timers = new Set<Timer>();
  let stopped = false;

  function later(action: () => void, delayMs: number): void {
    const timer = clock.setTimer(() => {
      timers.delete(timer);
      action();
    }, delayMs);
    timers.add(timer);
  }

  async function attempt(target: LocalFunction, event: unknown, past: Past): Promise<void> {
    const { outcome } = await target.invoke(event);
    if (stopped || outcome === 'succeeded') return;
    const next =
      outcome === 'failed'
        ? { ...past, failures: past.failures + 1 }
        : { ...past, throttles: past.throttles + 1 };
    const delayMs =
      outcome === 'failed'
        ? RETRY_DELAYS_MS[past.failures]
        : Math.min(FIRST_THROTTLE_DELAY_MS * 2 ** past.throttles, LONGEST_THROTTLE_DELAY_MS);
    if (delayMs === undefined || clock.now() + delayMs > past.acceptedAt + MAX_EVENT_AGE_MS) return;
    later(() => void attempt(target, event, next), delayMs);
  }

  return {
    accept: (target, event) =>
      void attempt(target, event, { acceptedAt: clock.now(), failures: 0, throttles: 0 }),
    stop() {
      stopped = true;
      for (const timer of timers) timer.cancel();
    },
  };
}

interface Past {
  readonly acceptedAt: number;
  readonly failures: number;
  readonly throttles: number;
}
