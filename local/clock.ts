/**
 * The one source of time in the engine. Everything that expires, waits or is scheduled asks it, so that a test
 * can put another clock in its place and let days pass in milliseconds.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls back once, `delayMs` from now (0 or more; any length, unlike `setTimeout`). */
  setTimer(callback: () => void, delayMs: number): Timer;
}

export interface Timer {
  cancel(): void;
}

/** `setTimeout` fires at once when asked for more than this (a 32-bit signed integer), so longer waits re-arm. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's own time. Its timers keep the process alive only while something else does. */
export function createRealClock(): Clock {
  return {
    now: () => Date.now(),
    setTimer(callback, delayMs) {
      const dueAt = Date.now() + delayMs;
      let handle: NodeJS.Timeout;
      const arm = () => {
        const left = dueAt - Date.now();
        handle =
          left > LONGEST_TIMEOUT_MS
            ? setTimeout(arm, LONGEST_TIMEOUT_MS)
            : setTimeout(callback, Math.max(0, left));
        handle.unref();
      };
      arm();
      return { cancel: () => clearTimeout(handle) };
    },
  };
}
