import type { Clock } from '../../contract/clock.ts';
import type { StepPolicy } from '../../contract/workflow/step.ts';

/** The attempt's time is used up. A handler that goes on regardless may be frozen, and thaw in a later attempt. */
class StepTimeoutError extends Error {
  override readonly name = 'StepTimeoutError';
}

/** The handler has said nothing for as long as its step's `heartbeat`. */
class StepHeartbeatTimeoutError extends Error {
  override readonly name = 'StepHeartbeatTimeoutError';
}

export interface StepWatch {
  /** Aborts when the attempt has taken too long, or was silent for too long. */
  readonly signal: AbortSignal;
  /** The handler is alive. */
  beat(): void;
  /** Rejects when the signal aborts, with its reason. */
  readonly expired: Promise<never>;
  /** To be waited for, so that no timer outlives the attempt. */
  stop(): Promise<void>;
}

/** @param what the attempt, for its errors */
export function watchStep(
  clock: Clock,
  { timeoutSeconds, heartbeatSeconds }: Pick<StepPolicy, 'timeoutSeconds' | 'heartbeatSeconds'>,
  what: string,
): StepWatch {
  const endsAt = clock.now() + timeoutSeconds * 1000;
  let heardAt = clock.now();
  const expiry = new AbortController();
  const over = new AbortController();

  async function untilExpired(): Promise<void> {
    for (;;) {
      const silentAt = heartbeatSeconds === undefined ? Infinity : heardAt + heartbeatSeconds * 1000;
      const leftMs = Math.min(endsAt, silentAt) - clock.now();
      if (leftMs > 0) await clock.sleep(leftMs, over.signal);
      else if (silentAt < endsAt)
        throw new StepHeartbeatTimeoutError(`${what} said nothing for ${heartbeatSeconds} s`);
      else throw new StepTimeoutError(`${what} took longer than ${timeoutSeconds} s`);
    }
  }

  const expired = Promise.withResolvers<never>();
  const watching = untilExpired().catch(reason => {
    if (over.signal.aborted) return;
    expiry.abort(reason);
    expired.reject(reason);
  });
  return {
    signal: expiry.signal,
    beat() {
      heardAt = clock.now();
    },
    expired: expired.promise,
    async stop() {
      over.abort();
      await watching;
    },
  };
}
