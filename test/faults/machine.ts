import type { Clock } from '../../contract/clock.ts';
import type { StepClock } from './step-clock.ts';

/** A process on a machine with a clock of its own. It can die: whatever it waits for from then on never happens. */
export interface Machine {
  readonly name: string;
  readonly clock: Clock;
  /** Dead, or as good as dead. */
  readonly dead: boolean;
  /** Resolves once it is dead. */
  readonly death: Promise<void>;
  die(): void;
  /** Does nothing more, but is not dead before somebody kills it. */
  hang(): void;
  /** Resolves while it lives. */
  goesOn(): Promise<void>;
  /** How far its clock is ahead, in milliseconds. */
  skewMs: number;
}

export function createMachine(name: string, clock: StepClock): Machine {
  const death = Promise.withResolvers<void>();
  let dead = false;
  const goesOn = async () => {
    if (dead) await new Promise<never>(() => {});
  };
  const machine: Machine = {
    name,
    skewMs: 0,
    get dead() {
      return dead;
    },
    death: death.promise,
    die() {
      dead = true;
      death.resolve();
    },
    hang() {
      dead = true;
    },
    goesOn,
    clock: {
      now: () => clock.now() + machine.skewMs,
      async sleep(delayMs, signal) {
        try {
          await clock.sleep(delayMs, signal);
        } finally {
          await goesOn();
        }
      },
    },
  };
  return machine;
}
