import { type Complain, type CronField, parseCronValue, parseCronValues } from './cron-field.ts';

/** Which days of a month a cron fires on. Weekdays are AWS's: 1 is Sunday, 7 is Saturday. */
export type CronDays =
  | { readonly on: 'days'; readonly days: readonly number[] }
  | { readonly on: 'lastDay' }
  | { readonly on: 'lastWeekday' }
  | { readonly on: 'weekdayNearest'; readonly day: number }
  | { readonly on: 'daysOfWeek'; readonly days: readonly number[] }
  | { readonly on: 'lastOfWeek'; readonly day: number }
  | { readonly on: 'nthOfWeek'; readonly day: number; readonly nth: number };

export const DAY_OF_MONTH: CronField = {
  name: 'day-of-month',
  min: 1,
  max: 31,
  allowed: '1-31 with , - * /, or ?, L, LW or a day and W, such as 15W',
};

export const DAY_OF_WEEK: CronField = {
  name: 'day-of-week',
  min: 1,
  max: 7,
  names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
  allowed:
    '1-7 or SUN-SAT (1 is Sunday) with , - *, or ?, L, a day and L, such as 6L, or one day and #1 to #5, such as 2#1',
};

export function parseDayOfMonth(text: string, complain: Complain): CronDays {
  const days = text.toUpperCase();
  if (days === 'L') return { on: 'lastDay' };
  if (days === 'LW' || days === 'WL') return { on: 'lastWeekday' };
  const nearest = /^(\d+)W$/.exec(days)?.[1];
  if (nearest) return { on: 'weekdayNearest', day: parseCronValue(nearest, DAY_OF_MONTH, complain) };
  return { on: 'days', days: parseCronValues(text, DAY_OF_MONTH, complain) };
}

export function parseDayOfWeek(text: string, complain: Complain): CronDays {
  const days = text.toUpperCase();
  // The week's last day, as L is the month's.
  if (days === 'L') return { on: 'daysOfWeek', days: [7] };
  const last = /^(\w+)L$/.exec(days)?.[1];
  if (last) return { on: 'lastOfWeek', day: parseCronValue(last, DAY_OF_WEEK, complain) };
  if (days.includes('#')) return parseNthOfWeek(days, complain);
  // AWS lists no / among this field's wildcards.
  if (days.includes('/')) throw complain('has a step, which this field does not take; list the days');
  return { on: 'daysOfWeek', days: parseCronValues(text, DAY_OF_WEEK, complain) };
}

function parseNthOfWeek(text: string, complain: Complain): CronDays {
  // AWS refuses 3#1,6#3 as two expressions.
  const [, day, nth] = /^(\w+)#([1-5])$/.exec(text) ?? [];
  if (day === undefined) throw complain('has a # that is not one day and #1 to #5');
  return { on: 'nthOfWeek', day: parseCronValue(day, DAY_OF_WEEK, complain), nth: Number(nth) };
}

/** @param month from 1 @returns days of that month, ascending */
export function daysOfMonth(days: CronDays, year: number, month: number): readonly number[] {
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const dayOfWeek = (day: number) => new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
  const firstOn = (weekday: number) => 1 + ((weekday - dayOfWeek(1) + 7) % 7);
  switch (days.on) {
    case 'days':
      return days.days.filter(day => day <= length);
    case 'lastDay':
      return [length];
    case 'lastWeekday':
      return [nearestWeekday(length, length, dayOfWeek)];
    case 'weekdayNearest':
      return days.day > length ? [] : [nearestWeekday(days.day, length, dayOfWeek)];
    case 'daysOfWeek':
      return Array.from({ length }, (_, index) => index + 1).filter(day =>
        days.days.includes(dayOfWeek(day)),
      );
    case 'lastOfWeek':
      return [length - ((dayOfWeek(length) - days.day + 7) % 7)];
    case 'nthOfWeek': {
      const day = firstOn(days.day) + (days.nth - 1) * 7;
      return day <= length ? [day] : [];
    }
  }
}

/** Monday to Friday, in the same month. */
function nearestWeekday(day: number, length: number, dayOfWeek: (day: number) => number): number {
  if (dayOfWeek(day) === 7) return day === 1 ? 3 : day - 1;
  if (dayOfWeek(day) === 1) return day === length ? day - 2 : day + 1;
  return day;
}
