import type { CreateScheduleCommandInput } from '@aws-sdk/client-scheduler';
import { parseDuration } from '../../contract/duration.ts';
import type { QueueConfig } from '../../contract/environment.ts';
import { toScheduleInput } from '../../contract/firing.ts';
import { SCHEDULER } from '../../contract/limits.ts';
import { type Schedule as Expression, parseSchedule } from '../../contract/schedule/schedule.ts';
import {
  checkFires,
  checkFlexibleWindow,
  checkMaxLateness,
  checkMinute,
} from '../../contract/schedule/schedule-rules.ts';
import { schedulesOf, toScheduleTarget } from '../run-schedule.ts';
import { resolveSendOptions } from '../send-options.ts';
import { beginFrom } from './begin-from.ts';
import { nameOfKey } from './schedule-key.ts';
import type { Recurrence, ScheduleSettings } from './schedule-options.ts';

/** A schedule of an application's, its payload being the input that the task's schema has accepted, in its JSON form. */
export type ScheduleRequest = Recurrence &
  ScheduleSettings & { readonly key: string; readonly task: string; readonly payload: unknown };

/**
 * The parameters of CreateSchedule.
 *
 * @throws RangeError naming the schedule, the option, the value and what is allowed
 */
export function toRequest(
  request: ScheduleRequest,
  queue: QueueConfig,
  nowMs: number,
): CreateScheduleCommandInput & { readonly Name: string; readonly GroupName: string } {
  const { key, task, payload, start, end, overlap, groupKey } = request;
  const Name = nameOfKey(key);
  const schedules = schedulesOf(queue);
  const option = (name: string) => `schedule '${key}': ${name}`;
  const expression = readExpression(request, option);
  checkDates(request, option);
  checkFires(expression, { now: new Date(nowMs), start, end }, `schedule '${key}'`);
  checkGroupKey(request, queue, nowMs, option);
  const begin = beginFrom(expression, start, nowMs);
  const input = toScheduleInput(
    task,
    { name: key, ...(overlap === 'skip' && { overlap }), ...latenessOf(request, option) },
    JSON.stringify(payload),
  );
  checkSize(input, option);
  return {
    Name,
    GroupName: schedules.group,
    ScheduleExpression: expression.expression,
    ScheduleExpressionTimezone: expression.kind === 'cron' ? expression.timeZone : 'UTC',
    FlexibleTimeWindow: windowOf(request, option),
    ...(begin && { StartDate: begin }),
    ...(end && { EndDate: end }),
    ActionAfterCompletion: end ? 'DELETE' : 'NONE',
    Target: toScheduleTarget(schedules, { fifo: queue.fifo === true, input, groupKey }),
  };
}

type Option = (name: string) => string;

const MINUTE_MS = 60_000;

function readExpression({ key, cron, timeZone, rate }: ScheduleRequest, option: Option): Expression {
  if ((cron === undefined) === (rate === undefined)) {
    throw new RangeError(
      `${option('cron')} or rate must be given, and only one, got ${cron === undefined ? 'neither' : 'both'}`,
    );
  }
  if (rate !== undefined)
    return parseSchedule(toRate(parseDuration(rate, option('rate')), rate, option), undefined);
  const what = `schedule '${key}'`;
  // In AWS's own spelling, in which messages have it, too.
  const fields = /^\s*cron\((.*)\)\s*$/s.exec(`${cron}`)?.[1] ?? cron;
  const expression = parseSchedule(`cron(${fields})`, timeZone, what);
  checkMinute(expression, what);
  return expression;
}

const UNITS = [
  ['day', 1440],
  ['hour', 60],
  ['minute', 1],
] as const;

function toRate(everyMs: number, rate: string, option: Option): string {
  const minutes = everyMs / MINUTE_MS;
  const [unit, inMinutes] = UNITS.find(([, each]) => minutes % each === 0) ?? [];
  if (unit === undefined || minutes === 0) {
    throw new RangeError(`${option('rate')} must be whole minutes from 1m, got '${rate}'`);
  }
  const count = minutes / inMinutes;
  return `rate(${count} ${unit}${count === 1 ? '' : 's'})`;
}

function checkDates({ start, end }: ScheduleSettings, option: Option): void {
  for (const [name, date] of Object.entries({ start, end })) {
    if (date && Number.isNaN(date.getTime())) {
      throw new RangeError(`${option(name)} must be a date, got an invalid one`);
    }
  }
}

/** EventBridge Scheduler gives a group to messages of FIFO queues only. */
function checkGroupKey(
  { task, groupKey }: ScheduleRequest,
  queue: QueueConfig,
  nowMs: number,
  option: Option,
) {
  resolveSendOptions(task, queue, groupKey === undefined ? {} : { groupKey }, nowMs);
  if (groupKey === undefined || queue.fifo) return;
  throw new RangeError(
    `${option('groupKey')} must not be given, got '${groupKey}': EventBridge Scheduler gives a group to messages of FIFO ` +
      'queues only; leave it out',
  );
}

function windowOf({ flexibleWindow }: ScheduleSettings, option: Option) {
  if (flexibleWindow === undefined) return { Mode: 'OFF' } as const;
  const minutes = parseDuration(flexibleWindow, option('flexibleWindow')) / MINUTE_MS;
  return {
    Mode: 'FLEXIBLE',
    MaximumWindowInMinutes: checkFlexibleWindow(minutes, option('flexibleWindow')),
  } as const;
}

function latenessOf({ maxLateness, flexibleWindow = '0s' }: ScheduleSettings, option: Option) {
  if (maxLateness === undefined) return {};
  const what = option('maxLateness');
  const windowMs = parseDuration(flexibleWindow, option('flexibleWindow'));
  const seconds = Math.floor(parseDuration(maxLateness, what) / 1000);
  return { maxLatenessSeconds: checkMaxLateness(seconds, windowMs / 1000, what) };
}

function checkSize(input: string, option: Option): void {
  const bytes = Buffer.byteLength(input);
  if (bytes <= SCHEDULER.maxInputBytes) return;
  throw new RangeError(
    `${option('payload')} must leave the message at most ${SCHEDULER.maxInputBytes} bytes, EventBridge Scheduler's limit, ` +
      `got ${bytes}; store it elsewhere and send its key`,
  );
}
