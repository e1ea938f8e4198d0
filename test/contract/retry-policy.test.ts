import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_ATTEMPTS } from '../../contract/limits.ts';
import {
  backoffMs,
  longestRetrySpanMs,
  type ResolvedRetryPolicy,
  resolveRetryPolicy,
} from '../../contract/retry-policy.ts';

const anyPolicy: fc.Arbitrary<ResolvedRetryPolicy> = fc
  .record({
    attempts: fc.integer({ min: 1, max: MAX_ATTEMPTS }),
    baseMs: fc.nat(86_400_000),
    beyondBaseMs: fc.nat(86_400_000),
    factor: fc.double({ min: 1, max: 1e6, noNaN: true }),
    jitter: fc.constantFrom('none', 'full', 'equal'),
  })
  .map(({ beyondBaseMs, ...policy }) => ({ ...policy, maxMs: policy.baseMs + beyondBaseMs }));

const anyAttempt = fc.integer({ min: 1, max: MAX_ATTEMPTS });
const anyDice = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('resolveRetryPolicy', () => {
  it('makes five attempts, from 10 s doubled up to 1 h with full jitter, when nothing is asked', () => {
    expect(resolveRetryPolicy()).toEqual({
      attempts: 5,
      baseMs: 10_000,
      factor: 2,
      maxMs: 3_600_000,
      jitter: 'full',
    });
  });

  it('turns a fixed backoff into one that does not grow and has no jitter', () => {
    expect(resolveRetryPolicy({ attempts: 3, backoff: { type: 'fixed', delay: '2s' } })).toEqual({
      attempts: 3,
      baseMs: 2000,
      factor: 1,
      maxMs: 2000,
      jitter: 'none',
    });
  });

  it('keeps the jitter that is asked for', () => {
    expect(resolveRetryPolicy({ backoff: { type: 'fixed', delay: '2s', jitter: 'equal' } }).jitter).toBe(
      'equal',
    );
    expect(
      resolveRetryPolicy({ backoff: { type: 'exponential', base: '1s', max: '1m', jitter: 'none' } }).jitter,
    ).toBe('none');
  });

  it.each([1, MAX_ATTEMPTS])('takes %i attempts', attempts => {
    expect(resolveRetryPolicy({ attempts }).attempts).toBe(attempts);
  });

  it.each([
    0,
    -1,
    1.5,
    MAX_ATTEMPTS + 1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])('fails on %d attempts', attempts => {
    expect(() => resolveRetryPolicy({ attempts }, "task 'a': retry")).toThrow(
      new RangeError(`task 'a': retry.attempts must be a whole number from 1 to 330, got ${attempts}`),
    );
  });

  it.each([0.9, -2, Number.NaN, Number.POSITIVE_INFINITY])('fails on a factor of %d', factor => {
    expect(() =>
      resolveRetryPolicy({ backoff: { type: 'exponential', base: '1s', max: '1m', factor } }),
    ).toThrow(new RangeError(`retry.backoff.factor must be 1 or more and finite, got ${factor}`));
  });

  it('fails on a longest delay that is shorter than the first', () => {
    expect(() => resolveRetryPolicy({ backoff: { type: 'exponential', base: '1m', max: '30s' } })).toThrow(
      new RangeError('retry.backoff.max must be at least the base (1m), got 30s; raise max or lower base'),
    );
  });

  it('fails on a delay that is no duration, naming the option', () => {
    // @ts-expect-error not a duration
    expect(() => resolveRetryPolicy({ backoff: { type: 'fixed', delay: 'soon' } })).toThrow(
      /^retry\.backoff\.delay must be .* got 'soon'$/,
    );
    // @ts-expect-error there is no such backoff
    expect(() => resolveRetryPolicy({ backoff: { type: 'linear' } })).toThrow(
      /^retry\.backoff\.base must be/,
    );
  });
});

describe('backoffMs', () => {
  it('doubles from the base up to the maximum', () => {
    const policy = resolveRetryPolicy({
      backoff: { type: 'exponential', base: '10s', max: '1m', jitter: 'none' },
    });

    const delays = [1, 2, 3, 4, 5].map(attempt => backoffMs(policy, attempt, Math.random));

    expect(delays).toEqual([10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  it('spreads over the whole delay with full jitter and over its upper half with equal jitter', () => {
    const backoff = { type: 'exponential', base: '10s', max: '1h' } as const;
    const full = resolveRetryPolicy({ backoff: { ...backoff, jitter: 'full' } });
    const equal = resolveRetryPolicy({ backoff: { ...backoff, jitter: 'equal' } });

    expect([0, 0.5, 0.9999].map(dice => backoffMs(full, 1, () => dice))).toEqual([0, 5000, 9999]);
    expect([0, 0.5, 0.9999].map(dice => backoffMs(equal, 1, () => dice))).toEqual([5000, 7500, 9999]);
  });

  it('is a whole number of milliseconds within the bounds of its jitter, and never above the maximum', () => {
    fc.assert(
      fc.property(anyPolicy, anyAttempt, anyDice, (policy, attempt, dice) => {
        const longest = backoffMs({ ...policy, jitter: 'none' }, attempt, () => dice);
        const delay = backoffMs(policy, attempt, () => dice);
        const lowest = { none: longest, full: 0, equal: Math.floor(longest / 2) }[policy.jitter];

        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(lowest);
        expect(delay).toBeLessThanOrEqual(longest);
        expect(longest).toBeLessThanOrEqual(policy.maxMs);
      }),
    );
  });

  it('never shrinks from one attempt to the next before jitter', () => {
    fc.assert(
      fc.property(anyPolicy, anyAttempt, (policy, attempt) => {
        const plain = { ...policy, jitter: 'none' } as const;
        return backoffMs(plain, attempt + 1, Math.random) >= backoffMs(plain, attempt, Math.random);
      }),
    );
  });
});

describe('longestRetrySpanMs', () => {
  it('adds every attempt at its timeout and every backoff without luck at the dice', () => {
    const policy = resolveRetryPolicy({
      attempts: 4,
      backoff: { type: 'exponential', base: '10s', max: '30s' },
    });

    expect(longestRetrySpanMs(policy, 5000)).toBe(4 * 5000 + 10_000 + 20_000 + 30_000);
  });

  it('is one timeout for a single attempt', () => {
    expect(longestRetrySpanMs(resolveRetryPolicy({ attempts: 1 }), 5000)).toBe(5000);
  });
});
