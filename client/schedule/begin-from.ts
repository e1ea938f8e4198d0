import { nextTimes } from '../../contract/schedule/next-times.ts';
import type { Schedule } from '../../contract/schedule/schedule.ts';

/**
 * The `StartDate` that a schedule has now: AWS refuses one that is more than five minutes past. A cron's says nothing any
 * more then, and a rate counts on from its next time.
 */
export function beginFrom(schedule: Schedule, start: Date | undefined, nowMs: number): Date | undefined {
  if (start === undefined || start.getTime() > nowMs) return start;
  if (schedule.kind !== 'rate') return undefined;
  return nextTimes(schedule, { after: new Date(nowMs), count: 1, start })[0];
}
