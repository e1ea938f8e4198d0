import { nextTimes } from '../contract/schedule/next-times.ts';
import type { Schedule } from '../contract/schedule/schedule.ts';

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
  const listed = times.map(time => `\n  ${onTheWall(time, timeZone)}`).join('');
  return `${schedule.expression} fires next in ${timeZone}${counted}:${listed}`;
}

/** `Mon 2026-11-30 08:00:00 GMT+1`. */
function onTheWall(time: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'shortOffset',
  });
  const part = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
  const { weekday, year, month, day, hour, minute, second, timeZoneName } = part;
  return `${weekday} ${year}-${month}-${day} ${hour}:${minute}:${second} ${timeZoneName}`;
}
