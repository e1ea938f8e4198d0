import type { Clock, Timer } from '../clock.ts';

export interface Saver {
  /** Something may have changed: it is saved soon. */
  changed(): void;
  /** Saves no more; resolves once the save under way has ended. */
  stop(): Promise<void>;
}

/** How much a crash may cost at most, while a save takes less than a tenth of it. */
const DELAY_MS = 1_000;
/** Saving may take this part of the time, so that a large state does not keep the engine busy. */
const SHARE = 0.1;

/**
 * Saves a second after the first change, and what changes meanwhile a second later. A save that takes long is followed
 * by a longer wait.
 *
 * @param onError told of a save that failed; the next change tries again.
 */
export function createSaver(options: {
  readonly clock: Clock;
  readonly save: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}): Saver {
  const { clock, save, onError } = options;
  let timer: Timer | undefined;
  let saving: Promise<void> = Promise.resolve();
  let delayMs = DELAY_MS;
  let stopped = false;

  async function saveNow(): Promise<void> {
    const startedAt = clock.now();
    await save();
    delayMs = Math.max(DELAY_MS, (clock.now() - startedAt) / SHARE);
  }

  return {
    changed() {
      if (timer || stopped) return;
      timer = clock.setTimer(
        () => {
          saving = saving.then(async () => {
            timer = undefined;
            await saveNow().catch(onError);
          });
        },
        delayMs,
        'housekeeping',
      );
    },
    async stop() {
      stopped = true;
      timer?.cancel();
      await saving;
    },
  };
}
