import type { Clock } from '../../local/clock.ts';
import { createTimerQueue } from '../../local/time/timer-queue.ts';

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
  const queue = createTimerQueue();

  const clock: FakeClock = {
    now: () => now,
    setTimer: (callback, delayMs) => queue.add(callback, now + Math.max(0, delayMs)),
    hold: () => () => {},
    letPass: waiting => waiting,
    advance(ms) {
      const untilMs = now + ms;
      while (queue.nextDueAtMs <= untilMs) {
        now = Math.max(now, queue.nextDueAtMs);
        queue.fire(now);
      }
      now = untilMs;
    },
    advanceToNext() {
      if (queue.size > 0) clock.advance(Math.max(0, queue.nextDueAtMs - now));
    },
    nextDueAt: () => (queue.size > 0 ? queue.nextDueAtMs : undefined),
    timers: () => queue.size,
  };
  return clock;
}
