import { firesSchedule, sendsForLater } from '../scenarios/schedules.ts';
import { changed, type Mutation, removed } from '../template.ts';
import { ELSEWHERE_ARN, told } from '../told.ts';
import { type Case, failing } from './case.ts';

const SCHEDULE = 'HourlySchedule';

/** The role may be taken for schedules of another group alone. */
function trustingAnother(role: string): Mutation {
  return {
    ...changed(role, ['AssumeRolePolicyDocument'], {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceArn': ELSEWHERE_ARN } },
        },
      ],
    }),
    name: `${role} for another group`,
  };
}

export const SCHEDULES: readonly Case[] = [
  ...failing(
    firesSchedule,
    changed(SCHEDULE, ['ScheduleExpression'], 'cron(20 * * * ? *)'),
    changed(SCHEDULE, ['ScheduleExpressionTimezone'], 'Asia/Kolkata'),
    changed(SCHEDULE, ['State'], 'DISABLED'),
    changed(SCHEDULE, ['FlexibleTimeWindow'], { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 1440 }),
    removed(SCHEDULE, 'GroupName'),
    removed(SCHEDULE, 'Target', 'Input'),
    removed(SCHEDULE, 'Target', 'DeadLetterConfig'),
    trustingAnother('JobsSchedulesRole'),
  ),
  ...failing(
    sendsForLater,
    told('Operator', ['schedules', 'group'], 'another'),
    told('Operator', ['schedules', 'role'], ELSEWHERE_ARN),
    told('Operator', ['schedules', 'queue'], ELSEWHERE_ARN),
    told('Operator', ['schedules', 'deadLetter'], ELSEWHERE_ARN),
    trustingAnother('JobsSendLaterDeliveryRole'),
  ),
];
