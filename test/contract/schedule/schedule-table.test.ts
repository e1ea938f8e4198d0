import { describe, expect, it } from 'vitest';
import { nextTimes } from '../../../contract/schedule/next-times.ts';
import { parseSchedule } from '../../../contract/schedule/schedule.ts';
import { scheduleTable } from './schedule-table.ts';

describe('a cron schedule', () => {
  it.each(scheduleTable)('fires as documented: $shows, $expression in $timeZone after $after', row => {
    const { expression, timeZone, after, times, ends } = row;

    const next = nextTimes(parseSchedule(expression, timeZone), {
      after: new Date(after),
      count: ends ? times.length + 1 : times.length,
    });

    expect(next.map(time => time.toISOString())).toEqual(times);
  });
});
