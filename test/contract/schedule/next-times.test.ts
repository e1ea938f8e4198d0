import { describe, expect, it } from 'vitest';
import { type NextTimesOptions, nextTimes } from '../../../contract/schedule/next-times.ts';
import { parseSchedule } from '../../../contract/schedule/schedule.ts';
import { formatInTimeZone } from '../../../contract/schedule/time-zone.ts';

const at = (text: string) => new Date(`${text}Z`);
const times = (expression: string, options: NextTimesOptions, timeZone = 'UTC') =>
  nextTimes(parseSchedule(expression, timeZone), options).map(time => time.toISOString().slice(0, 16));

describe('a rate', () => {
  it('counts from its start, which is its first time', () => {
    const start = at('2026-11-25T10:02:30');

    expect(times('rate(5 minutes)', { after: at('2026-11-25T09:00'), count: 2, start })).toEqual([
      '2026-11-25T10:02',
      '2026-11-25T10:07',
    ]);
    expect(times('rate(5 minutes)', { after: at('2026-11-25T10:30'), count: 2, start })).toEqual([
      '2026-11-25T10:32',
      '2026-11-25T10:37',
    ]);
  });

  it('counts from the time that is asked about when it has no start', () => {
    expect(times('rate(1 hour)', { after: at('2026-11-25T10:00'), count: 2 })).toEqual([
      '2026-11-25T11:00',
      '2026-11-25T12:00',
    ]);
  });

  it('fires at a time again only after it', () => {
    const start = at('2026-11-25T10:00');

    expect(times('rate(5 minutes)', { after: at('2026-11-25T10:05'), count: 1, start })).toEqual([
      '2026-11-25T10:10',
    ]);
  });

  it('has days of 24 hours over a change of clocks', () => {
    const start = at('2026-03-28T07:00');

    expect(times('rate(1 day)', { after: at('2026-03-28T08:00'), count: 2, start }, 'Europe/Paris')).toEqual([
      '2026-03-29T07:00',
      '2026-03-30T07:00',
    ]);
  });

  it('of more than all years never fires again', () => {
    const start = at('2026-11-25T10:00');

    expect(times('rate(999999999 days)', { after: at('2026-11-25T10:00'), count: 1, start })).toEqual([]);
  });
});

describe('a one-time schedule', () => {
  it('fires once, at its time in its zone', () => {
    const options = { after: at('2026-11-25T00:00'), count: 5 };

    expect(times('at(2026-12-01T08:00:00)', options, 'America/New_York')).toEqual(['2026-12-01T13:00']);
  });

  it('has been, after it', () => {
    expect(times('at(2026-12-01T08:00:00)', { after: at('2026-12-01T08:00'), count: 1 })).toEqual([]);
  });

  it('fires the first time when clocks show its time twice', () => {
    const options = { after: at('2026-10-01T00:00'), count: 2 };

    expect(times('at(2026-10-25T02:30:00)', options, 'Europe/Paris')).toEqual(['2026-10-25T00:30']);
  });

  it('has no start and no end: AWS ignores them', () => {
    const window = { start: at('2027-01-01T00:00'), end: at('2026-11-26T00:00') };

    expect(
      times('at(2026-12-01T08:00:00)', { after: at('2026-11-25T00:00'), count: 1, ...window }),
    ).toHaveLength(1);
  });
});

describe('a window', () => {
  it('holds its first and its last moment', () => {
    const window = { start: at('2026-11-26T08:00'), end: at('2026-11-28T08:00') };

    expect(times('cron(0 8 * * ? *)', { after: at('2026-11-25T00:00'), count: 9, ...window })).toEqual([
      '2026-11-26T08:00',
      '2026-11-27T08:00',
      '2026-11-28T08:00',
    ]);
  });

  it('that has ended leaves nothing', () => {
    const end = at('2026-11-24T00:00');

    expect(times('cron(0 8 * * ? *)', { after: at('2026-11-25T00:00'), count: 9, end })).toEqual([]);
    expect(times('rate(1 day)', { after: at('2026-11-25T00:00'), count: 9, end })).toEqual([]);
  });
});

it('answers no times when none are asked for', () => {
  expect(times('cron(0 8 * * ? *)', { after: at('2026-11-25T00:00'), count: 0 })).toEqual([]);
});

describe('formatInTimeZone', () => {
  it.each([
    ['Europe/Paris', 'Mon 2026-11-30 08:00 +01:00'],
    ['UTC', 'Mon 2026-11-30 07:00 +00:00'],
    ['America/St_Johns', 'Mon 2026-11-30 03:30 -03:30'],
    ['Pacific/Kiritimati', 'Mon 2026-11-30 21:00 +14:00'],
  ])('shows a moment as a calendar in %s does', (timeZone, text) => {
    expect(formatInTimeZone(at('2026-11-30T07:00'), timeZone)).toBe(text);
  });

  it('shows seconds where there are some', () => {
    expect(formatInTimeZone(new Date('2026-11-30T07:00:05Z'), 'UTC')).toBe('Mon 2026-11-30 07:00:05 +00:00');
  });
});
