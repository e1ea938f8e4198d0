import { type CronDays, DAY_OF_MONTH, DAY_OF_WEEK, parseDayOfMonth, parseDayOfWeek } from './cron-days.ts';
import { type Complain, type CronField, parseCronValues } from './cron-field.ts';
import { translateFiveFieldCron } from './five-field-cron.ts';

export interface CronSchedule {
  readonly kind: 'cron';
  readonly expression: string;
  readonly timeZone: string;
  /** Each list ascending. */
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: CronDays;
  readonly months: readonly number[];
  readonly years: readonly number[];
}

const MINUTES: CronField = { name: 'minutes', min: 0, max: 59, allowed: '0-59 with , - * /' };
const HOURS: CronField = { name: 'hours', min: 0, max: 23, allowed: '0-23 with , - * /' };
const MONTH: CronField = {
  name: 'month',
  min: 1,
  max: 12,
  names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  allowed: '1-12 or JAN-DEC with , - * /',
};
const YEAR: CronField = { name: 'year', min: 1970, max: 2199, allowed: '1970-2199 with , - * /' };

const SIX_FIELDS = 'cron(minutes hours day-of-month month day-of-week year)';

/**
 * @param fields what stands between the parentheses
 * @param what begins the messages: whose expression it is
 * @throws RangeError naming the field, what it has and what is allowed
 */
export function parseCronSchedule(fields: string, timeZone: string, what: string): CronSchedule {
  const expression = `cron(${fields})`;
  const parts = fields.trim().split(/\s+/);
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = parts;
  if (parts.length !== 6) throw new RangeError(`${what} ${wrongCount(parts)}; got '${expression}'`);
  const complain =
    (field: CronField): Complain =>
    problem =>
      new RangeError(`${what}: ${field.name} ${problem}, allowed is ${field.allowed}; got '${expression}'`);
  const parse = (text: string, field: CronField) => parseCronValues(text, field, complain(field));
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new RangeError(`${what}: ${wrongDays(parts)}; got '${expression}'`);
  }
  return {
    kind: 'cron',
    // As AWS writes it, whatever stood between the fields.
    expression: `cron(${parts.join(' ')})`,
    timeZone,
    minutes: parse(minutes, MINUTES),
    hours: parse(hours, HOURS),
    days:
      dayOfWeek === '?'
        ? parseDayOfMonth(dayOfMonth, complain(DAY_OF_MONTH))
        : parseDayOfWeek(dayOfWeek, complain(DAY_OF_WEEK)),
    months: parse(month, MONTH),
    years: parse(year, YEAR),
  };
}

function wrongCount(parts: readonly string[]): string {
  const need = `needs six fields, ${SIX_FIELDS}, and has ${parts[0] === '' ? 0 : parts.length}`;
  if (parts.length !== 5) return need;
  const translation = translateFiveFieldCron(parts);
  return translation
    ? `${need}; in AWS's fields it is '${translation}'`
    : `${need}; it restricts both day fields, which in AWS takes two schedules, each with ? in one of them`;
}

function wrongDays([minutes, hours, dayOfMonth, month, dayOfWeek, year]: readonly string[]): string {
  const rule = 'one of day-of-month and day-of-week must be ?, and only one';
  if (dayOfMonth === '?') return `${rule}; write * in the other for every day`;
  if (dayOfWeek === '*') return `${rule}; write 'cron(${minutes} ${hours} ${dayOfMonth} ${month} ? ${year})'`;
  if (dayOfMonth === '*') return `${rule}; write 'cron(${minutes} ${hours} ? ${month} ${dayOfWeek} ${year})'`;
  return `${rule}; days of both kinds take two schedules`;
}
