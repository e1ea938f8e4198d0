import type { CreateScheduleCommandInput, GetScheduleCommandOutput } from '@aws-sdk/client-scheduler';
import { formatDuration } from '../../contract/duration.ts';
import { decodeMessage } from '../../contract/envelope.ts';
import { toFiredMessage } from '../../contract/firing.ts';
import { nextTimes } from '../../contract/schedule/next-times.ts';
import { type Schedule as Expression, parseSchedule } from '../../contract/schedule/schedule.ts';
import { keyOfName } from './schedule-key.ts';
import type { Recurrence, ScheduleSettings } from './schedule-options.ts';

/** A schedule that an application made. */
export type Schedule = Recurrence &
  ScheduleSettings & {
    readonly key: string;
    /** The task's name. */
    readonly task: string;
    readonly payload: unknown;
    /** Whether it fires nothing until it is resumed. */
    readonly paused: boolean;
    /** When it fires next, five times at most; none while it is paused. A flexible window may put each off. */
    readonly nextTimes: readonly Date[];
  };

/** As EventBridge Scheduler has it, or is asked to have it. */
export type ScheduleResource = (CreateScheduleCommandInput | GetScheduleCommandOutput) &
  Pick<GetScheduleCommandOutput, 'CreationDate'>;

/** @throws Error when it is not one that `upsert` made */
export function toSchedule(resource: ScheduleResource, nowMs: number): Schedule {
  const { Name = '', State, EndDate, FlexibleTimeWindow, Target } = resource;
  const { task, payload, schedule } = messageOf(resource, 'none', nowMs);
  const expression = expressionOf(resource);
  const { overlap, maxLatenessSeconds } = schedule;
  const window = FlexibleTimeWindow?.MaximumWindowInMinutes;
  const groupKey = Target?.SqsParameters?.MessageGroupId;
  const paused = State === 'DISABLED';
  return {
    key: keyOfName(Name),
    task,
    payload,
    ...toRecurrence(expression),
    ...(resource.StartDate && { start: resource.StartDate }),
    ...(EndDate && { end: EndDate }),
    ...(window !== undefined && { flexibleWindow: formatDuration(window * 60_000) }),
    ...(overlap !== undefined && { overlap }),
    ...(maxLatenessSeconds !== undefined && { maxLateness: formatDuration(maxLatenessSeconds * 1000) }),
    ...(groupKey !== undefined && { groupKey }),
    paused,
    nextTimes: paused ? [] : timesOf(resource, expression, nowMs),
  };
}

/**
 * What it would send if it fired now.
 *
 * @throws Error when it is not one that `upsert` made
 */
export function messageOf({ Name, GroupName, Target }: ScheduleResource, arn: string, nowMs: number) {
  const message = toFiredMessage(Target?.Input ?? '', { arn, at: new Date(nowMs).toISOString() });
  const { envelope, malformed } = decodeMessage(message, 'none');
  const { schedule } = envelope;
  if (schedule) return { ...envelope, schedule };
  throw new Error(
    `The schedule ${Name} of group ${GroupName} is not one that schedules.upsert made ` +
      `(${malformed ?? 'its message does not say that a schedule sent it'}); delete it in EventBridge Scheduler`,
  );
}

export function expressionOf(resource: ScheduleResource): Expression {
  const { ScheduleExpression = '', ScheduleExpressionTimezone, Name } = resource;
  return parseSchedule(ScheduleExpression, ScheduleExpressionTimezone, `schedule ${Name}`);
}

function toRecurrence(expression: Expression): Recurrence {
  if (expression.kind === 'rate') return { rate: formatDuration(expression.everyMs) };
  const fields = /\((.*)\)/.exec(expression.expression)?.[1] ?? '';
  return { cron: fields, timeZone: expression.timeZone };
}

/** A rate without a start counts from when it was made. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#rate-based */
function timesOf(resource: ScheduleResource, expression: Expression, nowMs: number): readonly Date[] {
  const { CreationDate: made = new Date(nowMs) } = resource;
  const start = resource.StartDate ?? (expression.kind === 'rate' ? made : undefined);
  return nextTimes(expression, { after: new Date(nowMs), count: 5, start, end: resource.EndDate });
}
