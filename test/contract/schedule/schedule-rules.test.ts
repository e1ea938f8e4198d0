import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../contract/schedule/schedule.ts';
import {
  checkFires,
  checkFlexibleWindow,
  checkScheduleName,
} from '../../../contract/schedule/schedule-rules.ts';

const now = new Date('2026-11-25T12:00:00Z');
const utc = (expression: string) => parseSchedule(expression, 'UTC');

describe('checkFires', () => {
  it.each([
    'at(2026-11-25T11:59:59)',
    'cron(0 8 * * ? 2025)',
    'cron(0 8 30 2 ? *)',
  ])('fails on %s, which has no time to come', expression => {
    expect(() => checkFires(utc(expression), { now }, 'Digest: schedule')).toThrow(
      new RangeError(
        `Digest: schedule never fires: ${expression} has no time after 2026-11-25T12:00:00.000Z; give a time to come`,
      ),
    );
  });

  it('fails on an end before the first time', () => {
    const end = new Date('2026-11-26T00:00:00Z');

    expect(() => checkFires(utc('cron(0 8 * * ? *)'), { now, end })).toThrow(
      new RangeError(
        'schedule never fires: cron(0 8 * * ? *) has no time after 2026-11-25T12:00:00.000Z and until 2026-11-26T00:00:00.000Z; give a time to come',
      ),
    );
  });

  it('fails on an end that is not after the start', () => {
    const start = new Date('2026-12-01T00:00:00Z');

    expect(() => checkFires(utc('rate(1 day)'), { now, start, end: start })).toThrow(
      new RangeError(
        'schedule: its end, 2026-12-01T00:00:00.000Z, must be after its start, 2026-12-01T00:00:00.000Z',
      ),
    );
  });

  it('takes what fires', () => {
    for (const expression of ['at(2026-11-25T12:00:01)', 'rate(1 day)', 'cron(0 8 * * ? *)']) {
      expect(() => checkFires(utc(expression), { now })).not.toThrow();
    }
  });
});

describe('checkScheduleName', () => {
  it.each(['a', 'Nightly-purge_2.0', 'x'.repeat(64)])('takes %s', name => {
    expect(checkScheduleName(name)).toBe(name);
  });

  it.each(['', 'x'.repeat(65), 'nightly purge', 'nachts/löschen', 'a\n'])('fails on %j', name => {
    expect(() => checkScheduleName(name, 'scheduleName')).toThrow(
      new RangeError(
        `scheduleName must be 1 to 64 of the characters 0-9, a-z, A-Z, -, _ and .; got '${name}' (${name.length} characters)`,
      ),
    );
  });
});

describe('checkFlexibleWindow', () => {
  it.each([1, 15, 1440])('takes %i minutes', minutes => {
    expect(checkFlexibleWindow(minutes)).toBe(minutes);
  });

  it.each([0, -5, 1.5, 1441, Number.NaN])('fails on %d', minutes => {
    expect(() => checkFlexibleWindow(minutes)).toThrow(
      new RangeError(`flexibleWindow must be whole minutes from 1 to 1440 (a day), got ${minutes}`),
    );
  });
});
