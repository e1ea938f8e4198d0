import type { Clock } from '../../contract/clock.ts';

/** Never settles. */
export const never = new Promise<never>(() => {});

/** A process that can die: whatever it awaits from then on never happens. */
export interface ProcessLife {
  /** Resolves once the process is dead. */
  readonly death: Promise<void>;
  die(): void;
  /** Resolves while the process lives. */
  goesOn(): Promise<void>;
  /** A clock whose sleepers do not wake after the process's death. */
  mortal(clock: Clock): Clock;
}

export function createProcessLife(): ProcessLife {
  const end = new AbortController();
  const goesOn = async () => {
    if (end.signal.aborted) await never;
  };
  return {
    death: new Promise(resolve => end.signal.addEventListener('abort', () => resolve())),
    die: () => end.abort(),
    goesOn,
    mortal: clock => ({
      now: clock.now,
      async sleep(delayMs, signal) {
        try {
          await clock.sleep(delayMs, AbortSignal.any([end.signal, ...(signal ? [signal] : [])]));
        } finally {
          await goesOn();
        }
      },
    }),
  };
}
