import { required, stringAt } from '../../json-value.ts';
import type { Verb } from '../verb.ts';

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html */
export const getSchedule: Verb = (store, { input, authorize }) => {
  const name = required(stringAt(input, 'Name'), 'Name');
  const groupName = stringAt(input, 'GroupName') ?? 'default';
  authorize?.('scheduler:GetSchedule', store.schedules.arnOf(groupName, name));
  const { arn, definition, createdAtMs, modifiedAtMs } = store.schedule(groupName, name);
  const { target, schedule } = definition;
  return {
    ActionAfterCompletion: 'NONE',
    ScheduleExpressionTimezone: 'UTC',
    State: 'ENABLED',
    GroupName: groupName,
    ...definition.input,
    Arn: arn,
    ScheduleExpression: schedule.expression,
    CreationDate: createdAtMs / 1000,
    LastModificationDate: modifiedAtMs / 1000,
    ...(definition.start && { StartDate: definition.start.getTime() / 1000 }),
    ...(definition.end && { EndDate: definition.end.getTime() / 1000 }),
    Target: {
      ...target.given,
      RetryPolicy: {
        MaximumEventAgeInSeconds: target.retry.maxAgeMs / 1000,
        MaximumRetryAttempts: target.retry.maxRetries,
      },
    },
  };
};
