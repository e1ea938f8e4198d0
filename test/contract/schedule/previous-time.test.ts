import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextTimes } from '../../../contract/schedule/next-times.ts';
import { previousTime } from '../../../contract/schedule/previous-time.ts';
import { parseSchedule } from '../../../contract/schedule/schedule.ts';
import { anyCron } from './cron-arbitraries.ts';

const DAY_MS = 86_400_000;
const NOW = new Date('2026-11-25T12:00:00Z');
const LONG_AGO = new Date('2000-01-01T00:00:00Z');

describe('the previous time', () => {
  it.each([
    ['cron(0 12 * * ? *)', 'UTC', '2026-11-25T12:00:00.000Z'],
    ['cron(1 12 * * ? *)', 'UTC', '2026-11-24T12:01:00.000Z'],
    ['cron(30 3 * * ? *)', 'Europe/Paris', '2026-11-25T02:30:00.000Z'],
    ['cron(0 8 1 * ? *)', 'America/New_York', '2026-11-01T13:00:00.000Z'],
    ['cron(0 0 29 2 ? *)', 'UTC', '2024-02-29T00:00:00.000Z'],
    ['at(2026-11-01T08:00:00)', 'Europe/Paris', '2026-11-01T07:00:00.000Z'],
  ])('of %s in %s is %s', (expression, timeZone, time) => {
    const schedule = parseSchedule(expression, timeZone);

    expect(previousTime(schedule, { until: NOW, since: LONG_AGO })?.toISOString()).toBe(time);
  });

  it('of a rate counts from its start', () => {
    const start = new Date('2026-11-20T08:30:00Z');

    expect(
      previousTime(parseSchedule('rate(2 days)', undefined), { until: NOW, since: start, start }),
    ).toEqual(new Date('2026-11-24T08:30:00Z'));
  });

  it('is not before the schedule was made, nor after its end', () => {
    const daily = parseSchedule('cron(0 8 * * ? *)', 'UTC');
    const end = new Date('2026-11-20T12:00:00Z');

    expect(previousTime(daily, { until: NOW, since: new Date('2026-11-25T08:00:01Z') })).toBeUndefined();
    expect(previousTime(daily, { until: NOW, since: LONG_AGO, end })).toEqual(
      new Date('2026-11-20T08:00:00Z'),
    );
  });

  it('of a time to come is none', () => {
    const once = parseSchedule('at(2026-11-25T12:00:01)', 'UTC');

    expect(previousTime(once, { until: NOW, since: LONG_AGO })).toBeUndefined();
  });

  it('is the last of the next times before, for any cron', () => {
    fc.assert(
      fc.property(anyCron, fc.integer({ min: 0, max: 40 * DAY_MS }), ({ expression }, spanMs) => {
        const schedule = parseSchedule(expression, 'Europe/Paris');
        const since = new Date(NOW.getTime() - spanMs);
        const all = nextTimes(schedule, { after: new Date(since.getTime() - 1), count: 1e5, end: NOW });

        expect(previousTime(schedule, { until: NOW, since })).toEqual(all.at(-1));
      }),
      { numRuns: 50 },
    );
  });
});
