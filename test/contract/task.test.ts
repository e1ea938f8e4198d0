import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineTask } from '../../contract/task.ts';

const payload = z.object({});

describe('defineTask', () => {
  it('fills in the defaults', () => {
    expect(defineTask({ name: 'a', payload })).toEqual({
      name: 'a',
      payload,
      policy: {
        retry: { attempts: 5, baseMs: 10_000, factor: 2, maxMs: 3_600_000, jitter: 'full' },
        timeoutMs: 30_000,
        maxAgeMs: undefined,
        retentionMs: { succeeded: 2_592_000_000, deadLettered: 2_592_000_000, canceled: 2_592_000_000 },
        idempotency: { rememberMs: 2_592_000_000, ifActive: 'return', ifFinished: 'return' },
      },
    });
  });

  it('turns every duration into milliseconds', () => {
    const { policy } = defineTask({
      name: 'a',
      payload,
      timeout: '2m',
      maxAge: '6h',
      retention: { succeeded: '1h', deadLettered: '90d', canceled: '1d' },
    });

    expect(policy).toMatchObject({
      timeoutMs: 120_000,
      maxAgeMs: 21_600_000,
      retentionMs: { succeeded: 3_600_000, deadLettered: 7_776_000_000, canceled: 86_400_000 },
    });
  });

  it.each(['a', '0', 'send-welcome_email.v2', 'x'.repeat(128)])('takes the name %s', name => {
    expect(defineTask({ name, payload }).name).toBe(name);
  });

  it.each([
    '',
    '-a',
    '.a',
    'a b',
    'a\0',
    'a#b',
    'a\n',
    'ä',
    '(malformed)',
    'x'.repeat(129),
  ])('fails on the name %j', name => {
    expect(() => defineTask({ name, payload })).toThrow(
      new RangeError(
        `a task's name must be 1 to 128 of a-z A-Z 0-9 . _ - and begin with a letter or digit, got '${name}'`,
      ),
    );
  });

  it.each(['1ms', '897s'] as const)('takes a timeout of %s', timeout => {
    expect(() => defineTask({ name: 'a', payload, timeout })).not.toThrow();
  });

  it.each(['0s', '898s', '1h'] as const)('fails on a timeout of %s', timeout => {
    expect(() => defineTask({ name: 'a', payload, timeout })).toThrow(
      new RangeError(
        "task 'a': timeout must be from 1ms to 897s (Lambda's 900 s less a margin of 3 s), " +
          `got ${timeout}; split longer work into several runs or a workflow`,
      ),
    );
  });

  it('names the task and the option in every other error', () => {
    // @ts-expect-error not a duration
    expect(() => defineTask({ name: 'a', payload, maxAge: '1w' })).toThrow(/^task 'a': maxAge must be/);
    for (const outcome of ['succeeded', 'deadLettered', 'canceled']) {
      expect(() => defineTask({ name: 'a', payload, retention: { [outcome]: 'never' } })).toThrow(
        `task 'a': retention.${outcome} must be`,
      );
    }
    expect(() => defineTask({ name: 'a', payload, retry: { attempts: 0 } })).toThrow(
      /^task 'a': retry\.attempts must be/,
    );
  });

  it('fails when a key is to be remembered for longer than its run', () => {
    expect(() => defineTask({ name: 'a', payload, idempotency: { remember: '31d' } })).toThrow(
      "task 'a': idempotency.remember must be at most retention.succeeded (30d), got 31d",
    );
  });

  it('fails when it is not said what becomes of a duplicate', () => {
    // @ts-expect-error neither 'return' nor 'throw'
    expect(() => defineTask({ name: 'a', payload, idempotency: { ifActive: 'ignore' } })).toThrow(
      "task 'a': idempotency.ifActive must be 'return' or 'throw', got 'ignore'",
    );
  });
});
