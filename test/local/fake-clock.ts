import type { Clock, Timer } from '../../local/clock.ts';

/** A clock that stands still until it is told to go on. */
export interface FakeClock extends Clock {
  /** Lets this much time pass: timers fire in the order in which they are due, equals in the order they were set. */
  advance(ms: number): void;
  /** Lets time pass up to the next timer, and fires what is due then. */
  advanceToNext(): void;
  /** When the next timer is due; undefined when none is set. */
  nextDueAt(): number | undefined;
  /** How many timers are set and have not fired. */
  timers(): number;
}

export function createFakeClock(startMs = Date.UTC(2030, 0, 1)): FakeClock {
  let now = startMs;
  const pending = new Set<PendingTimer>();

  const next = (untilMs: number): PendingTimer | undefined => {
    let first: PendingTimer | undefined;
    for (const timer of pending) {
      if (timer.dueAtMs <= untilMs && (first === undefined || timer.dueAtMs < first.dueAtMs)) first = timer;
    }
    return first;
  };

  const clock: FakeClock = {
    now: () => now,
    setTimer(callback, delayMs): Timer {
      const timer = { callback, dueAtMs: now + Math.max(0, delayMs) };
      pending.add(timer);
      return { cancel: () => pending.delete(timer) };
    },
    advance(ms) {
      const untilMs = now + ms;
      for (let timer = next(untilMs); timer !== undefined; timer = next(untilMs)) {
        pending.delete(timer);
        now = Math.max(now, timer.dueAtMs);
        timer.callback();
      }
      now = untilMs;
    },
    advanceToNext() {
      const first = next(Number.POSITIVE_INFINITY);
      if (first) clock.advance(Math.max(0, first.dueAtMs - now));
    },
    nextDueAt: () => next(Number.POSITIVE_INFINITY)?.dueAtMs,
    timers: () => pending.size,
  };
  return clock;
}

interface PendingTimer {
  readonly callback: () => void;
  readonly dueAtMs: number;
}
