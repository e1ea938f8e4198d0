import { type DurationString, parseDuration } from './duration.ts';
import { MAX_ATTEMPTS } from './limits.ts';

/** How often and when a failed attempt is followed by another. */
export interface RetryPolicy {
  /**
   * Attempts in all, the first included: 1 to 330.
   * @default 5
   */
  readonly attempts?: number;
  /** @default exponential: 10 s, doubled up to 1 h, full jitter */
  readonly backoff?: Backoff;
}

export type Backoff = FixedBackoff | ExponentialBackoff | CustomBackoff;

export interface FixedBackoff {
  readonly type: 'fixed';
  /** Before each further attempt. */
  readonly delay: DurationString;
  /** @default 'none' */
  readonly jitter?: Jitter;
}

export interface ExponentialBackoff {
  readonly type: 'exponential';
  /** Before the second attempt. */
  readonly base: DurationString;
  /**
   * What each further delay is multiplied by, 1 or more.
   * @default 2
   */
  readonly factor?: number;
  /** No delay is longer. */
  readonly max: DurationString;
  /** @default 'full' */
  readonly jitter?: Jitter;
}

export interface CustomBackoff {
  readonly type: 'custom';
  /**
   * Called in the consumer after a failed attempt that is not the last.
   * @param attempt the one that failed, from 1
   * @param error what its handler threw
   * @returns the delay before the next, or that there shall be none
   */
  readonly delay: (attempt: number, error: unknown) => DurationString | 'dead-letter';
  /** No delay is longer; what the queue must have time for. */
  readonly max: DurationString;
}

/**
 * `full`: anywhere from 0 to the delay; `equal`: from half of it to all of it; `none`: the delay itself.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export type Jitter = 'none' | 'full' | 'equal';

/** A retry policy with its defaults filled in and its durations in milliseconds. */
export interface ResolvedRetryPolicy {
  readonly attempts: number;
  readonly baseMs: number;
  readonly factor: number;
  readonly maxMs: number;
  readonly jitter: Jitter;
  readonly custom?: CustomBackoff['delay'];
}

const DEFAULT_BACKOFF: Backoff = { type: 'exponential', base: '10s', max: '1h' };

/** @throws RangeError naming the option, the value and what is allowed */
export function resolveRetryPolicy(policy: RetryPolicy = {}, what = 'retry'): ResolvedRetryPolicy {
  const { attempts = 5, backoff = DEFAULT_BACKOFF } = policy;
  if (!Number.isInteger(attempts) || attempts < 1 || attempts > MAX_ATTEMPTS) {
    throw new RangeError(
      `${what}.attempts must be a whole number from 1 to ${MAX_ATTEMPTS}, got ${attempts}`,
    );
  }
  if (backoff.type === 'fixed') {
    const delayMs = parseDuration(backoff.delay, `${what}.backoff.delay`);
    return { attempts, baseMs: delayMs, factor: 1, maxMs: delayMs, jitter: backoff.jitter ?? 'none' };
  }
  if (backoff.type === 'custom') {
    const maxMs = parseDuration(backoff.max, `${what}.backoff.max`);
    return { attempts, baseMs: maxMs, factor: 1, maxMs, jitter: 'none', custom: backoff.delay };
  }
  const { factor = 2, jitter = 'full' } = backoff;
  const baseMs = parseDuration(backoff.base, `${what}.backoff.base`);
  const maxMs = parseDuration(backoff.max, `${what}.backoff.max`);
  if (!(factor >= 1 && Number.isFinite(factor))) {
    throw new RangeError(`${what}.backoff.factor must be 1 or more and finite, got ${factor}`);
  }
  if (maxMs < baseMs) {
    throw new RangeError(
      `${what}.backoff.max must be at least the base (${backoff.base}), got ${backoff.max}; raise max or lower base`,
    );
  }
  return { attempts, baseMs, factor, maxMs, jitter };
}

/**
 * The delay after failed attempt number `attempt` (from 1), in whole milliseconds; with a custom backoff, which needs
 * the error, the longest.
 * @param random from 0 to 1, the jitter's dice
 */
export function backoffMs(policy: ResolvedRetryPolicy, attempt: number, random: () => number): number {
  const delayMs = longestBackoffMs(policy, attempt);
  if (policy.jitter === 'full') return Math.floor(delayMs * random());
  if (policy.jitter === 'equal') return Math.floor(delayMs / 2 + (delayMs / 2) * random());
  return delayMs;
}

function longestBackoffMs(policy: ResolvedRetryPolicy, attempt: number): number {
  // A large power is Infinity, which a base of 0 would turn into NaN.
  const growth = Math.min(policy.factor ** (attempt - 1), Number.MAX_VALUE);
  return Math.floor(Math.min(policy.maxMs, policy.baseMs * growth));
}

/** The longest time from the first attempt's start to the last one's end, when nothing waits for a free consumer. */
export function longestRetrySpanMs(policy: ResolvedRetryPolicy, timeoutMs: number): number {
  let spanMs = policy.attempts * timeoutMs;
  for (let attempt = 1; attempt < policy.attempts; attempt++) spanMs += longestBackoffMs(policy, attempt);
  return spanMs;
}
