import fc from 'fast-check';

/** A date of the calendar as `Date.UTC` counts it, at its midnight. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** A field as AWS writes it, with its meaning told apart from the code under test. */
interface Meaning<T> {
  readonly text: string;
  readonly holds: (value: T) => boolean;
}

export interface CronMeaning {
  readonly expression: string;
  readonly holds: (date: Day, hour: number, minute: number) => boolean;
}

const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

const isWeekday = ({ year, month, day }: Day) => new Date(Date.UTC(year, month - 1, day)).getUTCDay();
const isLastDay = ({ year, month, day }: Day) =>
  new Date(Date.UTC(year, month - 1, day + 1)).getUTCDate() === 1;

/** `*`, a value, a range (also over the end), steps of both, and lists of them. */
function numbers(
  min: number,
  max: number,
  name: (value: number) => string = String,
): fc.Arbitrary<Meaning<number>> {
  const value = fc.integer({ min, max });
  const step = fc.integer({ min: 1, max: Math.min(max, 20) });
  const part: fc.Arbitrary<Meaning<number>> = fc.oneof(
    fc.constant({ text: '*', holds: () => true }),
    value.map(only => ({ text: name(only), holds: (given: number) => given === only })),
    fc.tuple(value, value).map(([from, to]) => ({
      text: `${name(from)}-${name(to)}`,
      holds: (given: number) => (from <= to ? given >= from && given <= to : given >= from || given <= to),
    })),
    fc.tuple(value, step).map(([from, by]) => ({
      text: `${name(from)}/${by}`,
      holds: (given: number) => given >= from && (given - from) % by === 0,
    })),
    step.map(by => ({ text: `*/${by}`, holds: (given: number) => (given - min) % by === 0 })),
  );
  return fc.array(part, { minLength: 1, maxLength: 3 }).map(parts => ({
    text: parts.map(({ text }) => text).join(','),
    holds: given => parts.some(({ holds }) => holds(given)),
  }));
}

const dayOfMonth: fc.Arbitrary<Meaning<Day>> = fc.oneof(
  {
    weight: 3,
    arbitrary: numbers(1, 31).map(({ text, holds }) => ({ text, holds: ({ day }: Day) => holds(day) })),
  },
  fc.constant({ text: 'L', holds: isLastDay }),
  fc.constant({
    text: 'LW',
    holds: (date: Day) =>
      isWeekday(date) % 6 !== 0 && nextDays(date).every(later => isWeekday(later) % 6 === 0),
  }),
  fc
    .integer({ min: 1, max: 31 })
    .map(nearest => ({ text: `${nearest}W`, holds: (date: Day) => isNearest(date, nearest) })),
);

const nextDays = (date: Day): Day[] =>
  isLastDay(date) ? [] : [{ ...date, day: date.day + 1 }].flatMap(next => [next, ...nextDays(next)]);

/** Of the month's days from Monday to Friday, the one with the smallest distance; no month has two. */
function isNearest(date: Day, nearest: number): boolean {
  const all = [{ ...date, day: 1 }, ...nextDays({ ...date, day: 1 })];
  if (nearest > all.length || isWeekday(date) % 6 === 0) return false;
  const distances = all.filter(other => isWeekday(other) % 6 !== 0).map(({ day }) => Math.abs(day - nearest));
  return Math.abs(date.day - nearest) === Math.min(...distances);
}

const weekdayText = fc
  .tuple(fc.integer({ min: 1, max: 7 }), fc.boolean())
  .map(([day, named]) => ({ day, text: named ? (WEEKDAYS[day - 1] ?? '') : String(day) }));

const dayOfWeek: fc.Arbitrary<Meaning<Day>> = fc.oneof(
  weekdayText.map(({ day, text }) => ({ text, holds: (date: Day) => isWeekday(date) + 1 === day })),
  fc.tuple(weekdayText, weekdayText).map(([from, to]) => ({
    text: `${from.text}-${to.text}`,
    holds: (date: Day) => {
      const day = isWeekday(date) + 1;
      return from.day <= to.day ? day >= from.day && day <= to.day : day >= from.day || day <= to.day;
    },
  })),
  fc.constant({ text: 'L', holds: (date: Day) => isWeekday(date) === 6 }),
  weekdayText.map(({ day, text }) => ({
    text: `${text}L`,
    holds: (date: Day) => isWeekday(date) + 1 === day && nextDays(date).length < 7,
  })),
  fc.tuple(weekdayText, fc.integer({ min: 1, max: 5 })).map(([{ day, text }, nth]) => ({
    text: `${text}#${nth}`,
    holds: (date: Day) => isWeekday(date) + 1 === day && Math.ceil(date.day / 7) === nth,
  })),
);

const anyDay = fc.oneof(
  dayOfMonth.map(({ text, holds }) => ({ ofMonth: text, ofWeek: '?', holds })),
  dayOfWeek.map(({ text, holds }) => ({ ofMonth: '?', ofWeek: text, holds })),
);

const month = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Meaning<number>>({ text: '*', holds: () => true }) },
  numbers(1, 12),
  fc
    .integer({ min: 1, max: 12 })
    .map(only => ({ text: MONTHS[only - 1] ?? '', holds: (given: number) => given === only })),
);

const year = fc.constantFrom<Meaning<number>>(
  { text: '*', holds: () => true },
  { text: '2020-2030', holds: given => given >= 2020 && given <= 2030 },
  { text: '2024/2', holds: given => given >= 2024 && given % 2 === 0 },
);

/** Expressions that parse, with what they mean. */
export const anyCron: fc.Arbitrary<CronMeaning> = fc
  .record({ minute: numbers(0, 59), hour: numbers(0, 23), day: anyDay, month, year })
  .map(cron => ({
    expression: `cron(${cron.minute.text} ${cron.hour.text} ${cron.day.ofMonth} ${cron.month.text} ${cron.day.ofWeek} ${cron.year.text})`,
    holds: (date, hour, minute) =>
      cron.minute.holds(minute) &&
      cron.hour.holds(hour) &&
      cron.day.holds(date) &&
      cron.month.holds(date.month) &&
      cron.year.holds(date.year),
  }));
