import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newRunId, runIdOfKey } from '../../contract/run-id.ts';

const anyTimeMs = fc.nat({ max: 2 ** 48 - 1 });
const anyName = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/);
const anyKey = fc.string({ minLength: 1, unit: 'binary' });

describe('newRunId', () => {
  it('is a version 7 UUID that carries its time', () => {
    fc.assert(
      fc.property(anyTimeMs, timeMs => {
        const runId = newRunId(timeMs);
        expect(runId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(Number.parseInt(runId.replaceAll('-', '').slice(0, 12), 16)).toBe(timeMs);
      }),
    );
  });

  it('takes a time with a fraction, as clocks of tests have it', () => {
    expect(newRunId(1_800_000_000_000.75)).toMatch(/^01a3185c-5000-7[0-9a-f]{3}-/);
  });

  it('sorts by time as a string', () => {
    fc.assert(
      fc.property(anyTimeMs, anyTimeMs, (one, other) => {
        fc.pre(one !== other);
        return newRunId(one) < newRunId(other) === one < other;
      }),
    );
  });

  it('is never the same twice in one millisecond', () => {
    const ids = Array.from({ length: 10_000 }, () => newRunId(1_800_000_000_000));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('runIdOfKey', () => {
  it('is the SHA-256 of task, NUL and key, so that any language can compute it', () => {
    // printf 'send-email\0user-1' | sha256sum
    expect(runIdOfKey('send-email', 'user-1')).toBe(
      '9be19f5177aa3416b7aef593dab6a7c1b9a6137ea1e667a8d0c27705a1baabc9',
    );
  });

  it('is the same for the same pair and another for every other', () => {
    fc.assert(
      fc.property(anyName, anyKey, anyName, anyKey, (task, key, otherTask, otherKey) => {
        const same = task === otherTask && key === otherKey;
        expect(runIdOfKey(task, key) === runIdOfKey(otherTask, otherKey)).toBe(same);
        expect(runIdOfKey(task, key)).toBe(runIdOfKey(task, key));
      }),
    );
  });

  it('does not meet when task and key are cut at another place', () => {
    expect(runIdOfKey('ab', 'c')).not.toBe(runIdOfKey('a', 'bc'));
  });
});
