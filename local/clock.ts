/**
 * The one source of time in the engine. Everything that expires, waits or is scheduled asks it, so that a test
 * can put another clock in its place and let days pass in milliseconds.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Calls back once, `delayMs` from now (0 or more; any length, unlike `setTimeout`).
   *
   * @param kind `housekeeping` looks after the engine itself, or only looks on: it is no work that anybody waits for.
   * @default work
   */
  setTimer(callback: () => void, delayMs: number, kind?: TimerKind): Timer;
  /**
   * For work that ends without time passing, such as the answer to a request: a clock that is advanced stands still
   * until the function that is returned has been called.
   */
  hold(): () => void;
  /**
   * For held work that waits for what takes time, such as a long poll: lets time pass until the promise settles.
   *
   * @param port of the caller, when it is a request: a process that waits for its answer waits for time, too
   */
  letPass<T>(waiting: Promise<T>, port?: number): Promise<T>;
  /**
   * Processes of handlers follow this time, each for as long as it runs. Undefined where they have the machine's, as
   * the engine has.
   *
   * @returns to be called when it runs no more
   */
  readonly join?: (process: TimedProcess) => () => void;
}

export type TimerKind = 'work' | 'housekeeping';

export interface Timer {
  cancel(): void;
}

/** A process whose time the clock sets. Neither promise is ever rejected: a process that has ended waits for nothing. */
export interface TimedProcess {
  /**
   * Resolves once it can only go on when time passes, with when: Infinity for never.
   *
   * @param waitedFor ports on which what was asked is answered only when time passes
   */
  blockedUntil(waitedFor: ReadonlySet<number>): Promise<number>;
  /** Moves its time there and fires its timers that are due. */
  moveTo(nowMs: number): Promise<void>;
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
    hold: () => () => {},
    letPass: waiting => waiting,
  };
}
