import { daysOfMonth } from './cron-days.ts';
import type { CronSchedule } from './cron-schedule.ts';
import type { RateSchedule, Schedule } from './schedule.ts';
import { fromWallTime, toWallTime, type WallTime } from './time-zone.ts';

export interface NextTimesOptions {
  /** Only later times are answered. */
  readonly after: Date;
  /** How many at most. */
  readonly count: number;
  /** Nothing fires before it; a rate counts from it. @default a rate counts from `after`; nothing else is held back */
  readonly start?: Date | undefined;
  /** Nothing fires after it. @default for ever, which for a cron is until 2199 */
  readonly end?: Date | undefined;
}

/** The last moment of AWS's last year, in any zone. */
const LAST_MS = Date.UTC(2200, 0, 2);

/**
 * When a schedule fires next, as EventBridge Scheduler counts: a cron's time that clocks are put forward over is
 * skipped that day, one that comes twice fires the first time, and a rate counts elapsed time.
 *
 * @returns ascending, fewer than `count` when the schedule ends before; a one-time schedule has no start and no end
 */
export function nextTimes(schedule: Schedule, { after, count, start, end }: NextTimesOptions): Date[] {
  const afterMs = after.getTime();
  const startMs = start?.getTime() ?? Number.NEGATIVE_INFINITY;
  const endMs = schedule.kind === 'at' ? LAST_MS : Math.min(end?.getTime() ?? LAST_MS, LAST_MS);
  const times: Date[] = [];
  if (count < 1) return times;
  for (const timeMs of timesAfter(schedule, afterMs, startMs)) {
    if (timeMs > endMs) break;
    times.push(new Date(timeMs));
    if (times.length >= count) break;
  }
  return times;
}

function timesAfter(schedule: Schedule, afterMs: number, startMs: number): Iterable<number> {
  switch (schedule.kind) {
    case 'at':
      return schedule.atMs > afterMs ? [schedule.atMs] : [];
    case 'rate':
      return rateTimes(schedule, afterMs, Number.isFinite(startMs) ? startMs : afterMs);
    case 'cron':
      return cronTimes(schedule, Math.max(afterMs, startMs - 1));
  }
}

function* rateTimes({ everyMs }: RateSchedule, afterMs: number, startMs: number): Iterable<number> {
  const passed = Math.max(0, Math.floor((afterMs - startMs) / everyMs) + 1);
  for (let timeMs = startMs + passed * everyMs; ; timeMs += everyMs) yield timeMs;
}

function* cronTimes(schedule: CronSchedule, afterMs: number): Iterable<number> {
  for (const wall of wallTimes(schedule, toWallTime(afterMs, schedule.timeZone))) {
    const timeMs = fromWallTime(wall, schedule.timeZone);
    // The hour that clocks repeat shows times that have been.
    if (timeMs !== undefined && timeMs > afterMs) yield timeMs;
  }
}

/** The times of the calendar that match, later than `from`. */
function* wallTimes(
  { minutes, hours, days, months, years }: CronSchedule,
  from: WallTime,
): Iterable<WallTime> {
  for (const year of years) {
    if (Date.UTC(year + 1, 0) < from) continue;
    for (const month of months) {
      if (Date.UTC(year, month) < from) continue;
      for (const day of daysOfMonth(days, year, month)) {
        if (Date.UTC(year, month - 1, day + 1) < from) continue;
        for (const hour of hours) {
          for (const minute of minutes) {
            const wall = Date.UTC(year, month - 1, day, hour, minute);
            if (wall > from) yield wall;
          }
        }
      }
    }
  }
}
