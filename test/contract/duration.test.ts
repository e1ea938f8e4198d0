import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../contract/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['0s', 0],
    ['250ms', 250],
    ['30s', 30_000],
    ['1.5h', 5_400_000],
    ['0.5ms', 1],
    ['7d', 604_800_000],
  ])('reads %s as %i ms', (text, ms) => {
    expect(parseDuration(text, 'timeout')).toBe(ms);
  });

  it.each([
    '',
    '30',
    's',
    '-1s',
    '1e3s',
    '0x10s',
    ' 30s',
    '30 s',
    '30s\n',
    '1.s',
    '.5s',
    '1h30m',
    '30S',
    '∞s',
  ])('fails on %j, naming the option and the value', text => {
    expect(() => parseDuration(text, 'timeout')).toThrow(
      new RangeError(
        `timeout must be a number followed by ms, s, m, h or d, such as '30s' or '1.5h'; got '${text}'`,
      ),
    );
  });

  it('fails on what a JavaScript caller may pass', () => {
    // @ts-expect-error a duration is a string
    expect(() => parseDuration(30, 'timeout')).toThrow("got '30'");
    // @ts-expect-error a duration is a string
    expect(() => parseDuration(undefined, 'timeout')).toThrow("got 'undefined'");
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0ms'],
    [1, '1ms'],
    [1500, '1500ms'],
    [90_000, '90s'],
    [3_600_000, '1h'],
    [172_800_000, '2d'],
  ])('writes %i ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('writes what parseDuration reads back', () => {
    fc.assert(fc.property(fc.nat(), ms => parseDuration(formatDuration(ms), 'any') === ms));
  });
});
