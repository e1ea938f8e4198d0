import { SCHEDULER } from '../limits.ts';
import { nextTimes } from './next-times.ts';
import type { Schedule } from './schedule.ts';

/**
 * @param what begins the messages: what is named
 * @throws RangeError for a name that EventBridge Scheduler refuses
 */
export function checkScheduleName(name: string, what = 'the schedule name'): string {
  if (SCHEDULER.name.test(name)) return name;
  throw new RangeError(
    `${what} must be 1 to 64 of the characters 0-9, a-z, A-Z, -, _ and .; got '${name}' (${name.length} characters)`,
  );
}

/**
 * @param what begins the message
 * @throws RangeError for a window that EventBridge Scheduler refuses
 */
export function checkFlexibleWindow(minutes: number, what = 'flexibleWindow'): number {
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= SCHEDULER.maxFlexibleWindowMinutes)
    return minutes;
  throw new RangeError(
    `${what} must be whole minutes from 1 to ${SCHEDULER.maxFlexibleWindowMinutes} (a day), got ${minutes}`,
  );
}

/**
 * @param maxLatenessSeconds how late a firing may come to its first attempt
 * @param windowSeconds the flexible window
 * @throws RangeError where firings that are in time would be canceled
 */
export function checkMaxLateness(
  maxLatenessSeconds: number,
  windowSeconds: number,
  what = 'maxLateness',
): number {
  const leastSeconds = windowSeconds + PRECISION_SECONDS;
  if (maxLatenessSeconds >= leastSeconds) return maxLatenessSeconds;
  throw new RangeError(
    `${what} must be at least the flexible window and a minute, EventBridge Scheduler's precision (${leastSeconds}s), got ` +
      `${maxLatenessSeconds}s; raise it, or firings in time would be canceled`,
  );
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
const PRECISION_SECONDS = 60;

/** @throws RangeError for a cron that fires in every minute of an hour, which nearly always is a forgotten minute */
export function checkMinute({ kind, expression }: Schedule, what = 'schedule'): void {
  const [minutes, hours] = expression.slice('cron('.length).split(' ');
  if (kind !== 'cron' || minutes !== '*' || hours === '*') return;
  throw new RangeError(
    `${what} must say the minute beside the hour, got '${expression}', which fires sixty times in hour ${hours}; give ` +
      'minute 0, or 0-59 where sixty times are meant',
  );
}

/**
 * @param now when the schedule is made
 * @throws RangeError for a schedule that never fires: its times are past, not on the calendar, or not in its window
 */
export function checkFires(
  schedule: Schedule,
  {
    now,
    start,
    end,
  }: { readonly now: Date; readonly start?: Date | undefined; readonly end?: Date | undefined },
  what = 'schedule',
): void {
  if (start && end && end.getTime() <= start.getTime()) {
    throw new RangeError(
      `${what}: its end, ${end.toISOString()}, must be after its start, ${start.toISOString()}`,
    );
  }
  if (nextTimes(schedule, { after: now, count: 1, start, end }).length > 0) return;
  const until = end && schedule.kind !== 'at' ? ` and until ${end.toISOString()}` : '';
  throw new RangeError(
    `${what} never fires: ${schedule.expression} has no time after ${now.toISOString()}${until}; give a time to come`,
  );
}
