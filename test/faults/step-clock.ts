import type { Clock as ContractClock } from '../../contract/clock.ts';
import type { Clock, Timer } from '../../local/clock.ts';
import { PriorityQueue } from '../../local/priority-queue.ts';

const START_MS = Date.UTC(2030, 0, 1, 12);

/** One time for everybody, which goes from one timer to the next and only when it is told to. */
export interface StepClock extends Clock, ContractClock {
  /** Passes to the next timer and lets it fire; false when none is set. */
  step(): boolean;
  /** Milliseconds since the beginning. */
  elapsed(): number;
}

export function createStepClock(): StepClock {
  let now = START_MS;
  const timers = new PriorityQueue<() => void>();

  function setTimer(callback: () => void, delayMs: number): Timer {
    const fire = () => callback();
    timers.set(fire, now + Math.max(0, delayMs));
    return { cancel: () => timers.delete(fire) };
  }

  return {
    now: () => now,
    elapsed: () => now - START_MS,
    setTimer,
    hold: () => () => {},
    letPass: waiting => waiting,
    sleep: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const aborted = () => {
          timer.cancel();
          reject(signal?.reason);
        };
        const timer = setTimer(() => {
          signal?.removeEventListener('abort', aborted);
          resolve();
        }, delayMs);
        signal?.addEventListener('abort', aborted, { once: true });
      }),
    step() {
      const dueAtMs = timers.firstKey();
      const fire = timers.shift();
      if (fire === undefined) return false;
      now = Math.max(now, dueAtMs);
      fire();
      return true;
    },
  };
}
