import type { Clock, TimedProcess, TimerKind } from '../clock.ts';
import { createStillness } from './stillness.ts';
import { createTimerQueue } from './timer-queue.ts';

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Resolves once nothing is left to do at this time. */
  idle(): Promise<void>;
  /**
   * Lets time pass up to that moment, if it is still to come. All work that is due meanwhile is done at its own time
   * and in its order: time goes on only when nothing is left to do at the time it is.
   */
  advanceTo(atMs: number): Promise<void>;
  /** When the next work is due, once all is done that can be done by now. Infinity when there is none. */
  nextDueAt(): Promise<number>;
}

export function createManualClock(startMs: number): ManualClock {
  const timers = { work: createTimerQueue(), housekeeping: createTimerQueue() };
  const stillness = createStillness();
  let now = startMs;
  let moves: Promise<unknown> = Promise.resolve();

  const dueAt = (kind: TimerKind) => timers[kind].nextDueAtMs;

  /** Resolves with when the next work is due, which is after `now`. */
  async function finishWork(): Promise<number> {
    for (;;) {
      const processesDueAt = await stillness.reached();
      const next = Math.min(dueAt('work'), processesDueAt);
      if (next > now) return next;
      await doWork();
    }
  }

  async function doWork(): Promise<void> {
    stillness.disturb();
    // Processes first, for they must know the time when an answer of the engine reaches them.
    await Promise.all(stillness.processes().map(process => process.moveTo(now)));
    timers.work.fire(now);
  }

  async function advanceTo(atMs: number): Promise<void> {
    for (;;) {
      const workDueAt = await finishWork();
      // What looks on does so before the work of that time, as it would have a moment earlier.
      const next = Math.min(dueAt('housekeeping'), workDueAt);
      if (next > atMs) break;
      now = Math.max(now, next);
      timers.housekeeping.fire(now);
      // Looking at what is due now may have set it off.
      if (workDueAt <= now) stillness.disturb();
    }
    now = Math.max(now, atMs);
    await Promise.all(stillness.processes().map(process => process.moveTo(now)));
  }

  /** One after another: who asks for two at once need not care which is first. */
  function afterOthers<T>(move: () => Promise<T>): Promise<T> {
    const moved = moves.then(move);
    moves = moved.catch(() => {});
    return moved;
  }

  return {
    now: () => now,
    // A date has whole milliseconds, and backoffs with jitter have not.
    setTimer: (callback, delayMs, kind = 'work') =>
      timers[kind].add(callback, now + Math.ceil(Math.max(0, delayMs))),
    hold: stillness.hold,
    letPass: stillness.letPass,
    join: (process: TimedProcess) => stillness.join(process),
    idle: () => afterOthers(async () => void (await finishWork())),
    nextDueAt: () => afterOthers(finishWork),
    advanceTo: atMs => afterOthers(() => advanceTo(Math.ceil(atMs))),
  };
}
