import { beginFrom } from './begin-from.ts';
import { expressionOf, type ScheduleResource } from './schedule.ts';

/** Whether two schedules of one name say the same, but for being paused. */
export function isSame(one: ScheduleResource, other: ScheduleResource, nowMs: number): boolean {
  return JSON.stringify(factsOf(one, nowMs)) === JSON.stringify(factsOf(other, nowMs));
}

function factsOf(resource: ScheduleResource, nowMs: number) {
  const { FlexibleTimeWindow: window, Target: target, EndDate } = resource;
  const expression = expressionOf(resource);
  return [
    expression.expression,
    expression.kind === 'cron' && expression.timeZone,
    toSeconds(beginFrom(expression, resource.StartDate, nowMs)),
    toSeconds(EndDate),
    window?.Mode,
    window?.MaximumWindowInMinutes,
    target?.Arn,
    target?.RoleArn,
    target?.Input,
    target?.DeadLetterConfig?.Arn,
    target?.RetryPolicy?.MaximumRetryAttempts,
    target?.RetryPolicy?.MaximumEventAgeInSeconds,
    target?.SqsParameters?.MessageGroupId,
  ];
}

/** EventBridge Scheduler need not keep more of a time. */
function toSeconds(date: Date | undefined): number | undefined {
  return date && Math.floor(date.getTime() / 1000);
}
