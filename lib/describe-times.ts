import { nextTimes } from '../contract/schedule/next-times.ts';
import type { Schedule } from '../contract/schedule/schedule.ts';
import { formatInTimeZone } from '../contract/schedule/time-zone.ts';

interface Window {
  readonly now: Date;
  readonly start?: Date | undefined;
  readonly end?: Date | undefined;
}

/** For whoever reviews a change: the next five times of a schedule, on the clocks of its zone. */
export function describeTimes(schedule: Schedule, { now, start, end }: Window): string {
  // A rate without a start begins with its deployment, and fires at once.
  const from =
    schedule.kind === 'rate' && start === undefined
      ? { after: new Date(now.getTime() - 1), start: now }
      : { after: now, start };
  const times = nextTimes(schedule, { ...from, count: 5, end });
  const timeZone = schedule.kind === 'rate' ? 'UTC' : schedule.timeZone;
  const counted = schedule.kind === 'rate' && start === undefined ? ' when it is deployed now' : '';
  const listed = times.map(time => `\n  ${formatInTimeZone(time, timeZone)}`).join('');
  return `${schedule.expression} fires next in ${timeZone}${counted}:${listed}`;
}
