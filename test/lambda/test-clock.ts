import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../contract/clock.ts';
import { createFakeClock, type FakeClock } from '../local/fake-clock.ts';

export const START_MS = Date.UTC(2030, 0, 1, 12);

/** One time for the consumer and for the services that it calls. */
export interface TestClock extends FakeClock, Clock {
  /** How many sleep. */
  sleepers(): number;
  /** Lets time pass whenever somebody sleeps, until the work has settled. */
  passUntil<T>(work: Promise<T>): Promise<T>;
}

export function createTestClock(startMs = START_MS): TestClock {
  const clock = createFakeClock(startMs);
  let sleepers = 0;
  return {
    ...clock,
    sleep: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const end = (settle: () => void) => () => {
          sleepers--;
          timer.cancel();
          signal?.removeEventListener('abort', aborted);
          settle();
        };
        const aborted = end(() => reject(signal?.reason));
        const timer = clock.setTimer(end(resolve), delayMs);
        signal?.addEventListener('abort', aborted);
        sleepers++;
      }),
    sleepers: () => sleepers,
    async passUntil(work) {
      let settled = false;
      const end = () => {
        settled = true;
      };
      work.then(end, end);
      while (!settled) {
        if (sleepers > 0) clock.advance(50);
        await setImmediate();
      }
      return await work;
    },
  };
}
