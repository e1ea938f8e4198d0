import { setImmediate } from 'node:timers';
import type { Clock, TimedProcess } from '../clock.ts';

/** Knows whether anything is under way that ends without time passing. */
export interface Stillness extends Pick<Clock, 'hold' | 'letPass'> {
  readonly join: NonNullable<Clock['join']>;
  /** Those that run. */
  processes(): readonly TimedProcess[];
  /** Resolves once no work is held and every process waits for time to pass, with when the first of them goes on. */
  reached(): Promise<number>;
  /** To be told before anything is done that the functions above are not told of. */
  disturb(): void;
}

export function createStillness(): Stillness {
  const processes = new Set<TimedProcess>();
  let held = 0;
  let whenReleased = Promise.withResolvers<void>();
  /** Ports of callers whose answers wait for time. */
  const waitedFor = new Set<number>();
  let whenPassing = Promise.withResolvers<void>();
  /** Grows with all that may have set off something else. */
  let disturbances = 0;
  let last = { disturbances: -1, dueAt: Number.POSITIVE_INFINITY };

  const disturb = () => void disturbances++;

  function hold(): () => void {
    disturb();
    held++;
    let holding = true;
    return () => {
      if (!holding) return;
      holding = false;
      release();
    };
  }

  function release(): void {
    disturb();
    held--;
    if (held > 0) return;
    whenReleased.resolve();
    whenReleased = Promise.withResolvers();
  }

  /** A caller that lets time pass meanwhile changes what its process waits for: then it is to be asked again. */
  async function firstDueAt(): Promise<number> {
    return Math.min(...(await Promise.all([...processes].map(process => process.blockedUntil(waitedFor)))));
  }

  return {
    hold,
    async letPass(waiting, port) {
      release();
      if (port !== undefined) waitedFor.add(port);
      whenPassing.resolve();
      whenPassing = Promise.withResolvers();
      try {
        return await waiting;
      } finally {
        disturb();
        held++;
        if (port !== undefined) waitedFor.delete(port);
      }
    },
    join(process) {
      disturb();
      processes.add(process);
      return () => {
        if (processes.delete(process)) disturb();
      };
    },
    processes: () => [...processes],
    disturb,
    async reached() {
      while (last.disturbances !== disturbances) {
        await turnOfTheEventLoop();
        while (held > 0) await whenReleased.promise;
        const before = disturbances;
        const dueAt = await Promise.race([firstDueAt(), whenPassing.promise]);
        await turnOfTheEventLoop();
        if (disturbances === before && dueAt !== undefined) last = { disturbances, dueAt };
      }
      return last.dueAt;
    },
  };
}

/** Whatever was resolved has gone on then, and what came in before is being dealt with. */
function turnOfTheEventLoop(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
