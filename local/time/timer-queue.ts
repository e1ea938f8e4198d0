import type { Timer } from '../clock.ts';
import { PriorityQueue } from '../priority-queue.ts';

/** Timers that fire when they are told the time: the earliest first, and of two for one time the one set first. */
export interface TimerQueue {
  add(callback: () => void, dueAtMs: number): Timer;
  /** Infinity when there is no timer. */
  readonly nextDueAtMs: number;
  readonly size: number;
  /** Fires what is due by then, also what is set meanwhile. */
  fire(nowMs: number): void;
}

export function createTimerQueue(): TimerQueue {
  const timers = new PriorityQueue<{ readonly callback: () => void }>();
  return {
    add(callback, dueAtMs) {
      const timer = { callback };
      timers.set(timer, dueAtMs);
      return { cancel: () => timers.delete(timer) };
    },
    get nextDueAtMs() {
      return timers.firstKey();
    },
    get size() {
      return timers.size;
    },
    fire(nowMs) {
      while (timers.firstKey() <= nowMs) timers.shift()?.callback();
    },
  };
}
