import type { Clock } from '../../contract/clock.ts';

/** How long a secret is used before it is read again: so long is one valid that was taken back. */
const MAX_AGE_MS = 5 * 60_000;

/** Requests that nobody has signed have the secret read no more often than this. */
const MIN_AGE_MS = 30_000;

export interface SecretCache {
  /** The secrets, not older than five minutes. */
  get(): Promise<readonly string[]>;
  /**
   * For a signature that none of them made, as after a rotation. Undefined when they were read, or were to be read, a
   * moment ago. When it fails, those that are known stay.
   */
  renew(): Promise<readonly string[] | undefined>;
}

/** @param read a failure of it is passed on, and not remembered */
export function createSecretCache(read: () => Promise<readonly string[]>, clock: Clock): SecretCache {
  let known: { readonly secrets: Promise<readonly string[]>; readonly readAt: number } | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;

  async function readNow(): Promise<readonly string[]> {
    const before = known;
    triedAt = clock.now();
    const reading = { secrets: read(), readAt: triedAt };
    known = reading;
    try {
      return await reading.secrets;
    } catch (error) {
      if (known === reading) known = before;
      throw error;
    }
  }

  return {
    get: () => (known !== undefined && clock.now() - known.readAt < MAX_AGE_MS ? known.secrets : readNow()),
    renew: async () => (clock.now() - triedAt < MIN_AGE_MS ? undefined : await readNow()),
  };
}
