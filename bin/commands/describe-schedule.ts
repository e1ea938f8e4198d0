import { formatInTimeZone } from '../../contract/schedule/time-zone.ts';
import type { KnownSchedule } from './known-schedule.ts';
import type { LastFiring } from './last-firing.ts';

export interface ScheduleReport {
  readonly schedule: KnownSchedule;
  readonly last: LastFiring | undefined;
  /** Ascending. */
  readonly next: readonly Date[];
}

/** For scripts; times in UTC. */
export function scheduleToJson({ schedule, last, next }: ScheduleReport): string {
  const { name, scheduleName, group, arn, task, target, expression, timeZone, enabled } = schedule;
  const { flexibleWindowMinutes } = schedule;
  const { runId, status } = last?.run ?? {};
  return JSON.stringify({
    ...{ name, scheduleName, group, arn, task, target: target.arn },
    ...{ expression, timeZone, enabled, flexibleWindowMinutes },
    last: last && { dueAt: last.dueAt, runId, status },
    next,
  });
}

/** For people; times on the clocks of the schedule's zone. */
export function describeSchedule({ schedule, last, next }: ScheduleReport): string {
  const { name, task, target, expression, timeZone, enabled, times, flexibleWindowMinutes } = schedule;
  const at = (time: Date) => formatInTimeZone(time, timeZone);
  const window = flexibleWindowMinutes === undefined ? '' : `, within ${flexibleWindowMinutes} min`;
  const state = enabled ? '' : '  disabled';
  return [
    `${name}  ${task ?? target.arn}${state}`,
    `  ${expression} ${timeZone}${window}`,
    ...(last ? [`  last  ${at(last.dueAt)}${describeRun(last, task)}`] : []),
    ...next.map((time, index) => `  ${index === 0 ? 'next' : '    '}  ${at(time)}`),
    ...(next.length > 0 || !enabled
      ? []
      : [`  ${times ? 'has no time to come' : 'only AWS knows its times'}`]),
  ].join('\n');
}

function describeRun({ run }: LastFiring, task: string | undefined): string {
  if (run) return `  ${run.status}  ${run.runId}`;
  return task === undefined ? '' : '  no run of it is known';
}
