import type { Clock } from '../../contract/clock.ts';

/** How long a secret is used before it is read again: so long is one valid that was taken back. */
const MAX_AGE_MS = 5 * 60_000;

/** Requests that nobody has signed have the secret read no more often than this. */
const MIN_AGE_MS = 30_000;

export interface SecretCache {
  /** The secrets, not older than five minutes. */
  get(): Promise<readonly string[]>;
  /** For a signature that none of them made, as after a rotation. Undefined when they were read a moment ago. */
  renew(): Promise<readonly string[] | undefined>;
}

/** @param read a failure of it is passed on, and not remembered */
export function createSecretCache(read: () => Promise<readonly string[]>, clock: Clock): SecretCache {
  let readAt = Number.NEGATIVE_INFINITY;
  let secrets: Promise<readonly string[]> | undefined;

  function readNow(): Promise<readonly string[]> {
    const reading = read();
    readAt = clock.now();
    secrets = reading;
    // Whoever waits for it is told; the next one shall try again.
    reading.catch(() => {
      if (secrets === reading) secrets = undefined;
    });
    return reading;
  }

  return {
    get: () => (secrets !== undefined && clock.now() - readAt < MAX_AGE_MS ? secrets : readNow()),
    renew: async () => (clock.now() - readAt < MIN_AGE_MS ? undefined : await readNow()),
  };
}
