import type { Clock } from '../../clock.ts';

/** Resolves at a time of the clock; rejects with the signal's reason when it aborts first. */
export function waitUntil(clock: Clock, atMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const aborted = () => {
      timer.cancel();
      reject(signal.reason);
    };
    const timer = clock.setTimer(
      () => {
        signal.removeEventListener('abort', aborted);
        resolve();
      },
      Math.max(0, atMs - clock.now()),
    );
    signal.addEventListener('abort', aborted, { once: true });
  });
}

/** The promise's outcome, unless the signal aborts first: then its reason. What is at work is not ended. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason);
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    // However late it fails, somebody hears of it.
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}
