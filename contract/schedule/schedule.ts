import { type CronSchedule, parseCronSchedule } from './cron-schedule.ts';
import { translateFiveFieldCron } from './five-field-cron.ts';
import { checkTimeZone, fromWallTime } from './time-zone.ts';

/** A schedule expression of EventBridge Scheduler, read. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
export type Schedule = CronSchedule | RateSchedule | OneTimeSchedule;

export interface RateSchedule {
  readonly kind: 'rate';
  readonly expression: string;
  /** Of elapsed time: a day is 24 hours, whatever the clocks do. */
  readonly everyMs: number;
}

export interface OneTimeSchedule {
  readonly kind: 'at';
  readonly expression: string;
  readonly timeZone: string;
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
}

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/**
 * @param timeZone an IANA name; a rate has none
 * @param what begins the messages: whose expression it is
 * @throws RangeError naming what is wrong, the value and what is allowed
 */
export function parseSchedule(expression: string, timeZone: string | undefined, what = 'schedule'): Schedule {
  const [, kind, inside = ''] = /^(cron|rate|at)\((.*)\)$/s.exec(expression.trim()) ?? [];
  if (kind === 'rate') return parseRate(inside, what);
  if (kind === 'at') return parseOneTime(inside, checkTimeZone(timeZone, what), what);
  if (kind === 'cron') return parseCronSchedule(inside, checkTimeZone(timeZone, what), what);
  const fields = expression.trim().split(/\s+/);
  const translation = fields.length === 5 ? translateFiveFieldCron(fields) : undefined;
  const hint = translation ? `; in AWS's fields it is '${translation}'` : '';
  throw new RangeError(
    `${what} must be cron(…), rate(…) or at(…), such as 'cron(0 8 ? * MON-FRI *)'${hint}; got '${expression}'`,
  );
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rate-expressions.html */
function parseRate(inside: string, what: string): RateSchedule {
  const expression = `rate(${inside})`;
  const [, digits, unit, plural] = /^\s*(\d{1,9})\s+(minute|hour|day)(s?)\s*$/.exec(inside) ?? [];
  const value = Number(digits);
  if (unit === undefined || !(value > 0)) {
    throw new RangeError(
      `${what}: a rate must be a whole number from 1 and minutes, hours or days, such as 'rate(5 minutes)'; got '${expression}'`,
    );
  }
  const unitName = unit as keyof typeof UNIT_MS;
  const right = `rate(${value} ${unitName}${value === 1 ? '' : 's'})`;
  if ((plural === 's') !== value > 1) {
    throw new RangeError(
      `${what}: a rate of 1 has a singular unit, any other a plural one, here '${right}'; got '${expression}'`,
    );
  }
  return { kind: 'rate', expression, everyMs: value * UNIT_MS[unitName] };
}

function parseOneTime(inside: string, timeZone: string, what: string): OneTimeSchedule {
  const expression = `at(${inside})`;
  const wall = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inside) ? Date.parse(`${inside}Z`) : Number.NaN;
  // Date.parse takes 31 February for 3 March.
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 19) !== inside) {
    throw new RangeError(
      `${what}: a one-time schedule must be a date and time without an offset, 'at(yyyy-mm-ddThh:mm:ss)'; got '${expression}'`,
    );
  }
  const atMs = fromWallTime(wall, timeZone);
  if (atMs === undefined) {
    throw new RangeError(
      `${what}: clocks in ${timeZone} are put forward over that time, so it never comes; got '${expression}'`,
    );
  }
  return { kind: 'at', expression, timeZone, atMs };
}
