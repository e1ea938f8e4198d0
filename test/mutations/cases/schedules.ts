import { firesSchedule, sendsForLater } from '../scenarios/schedules.ts';
import { changed, type Mutation, removed } from '../template.ts';
import { ELSEWHERE_ARN, ELSEWHERE_ROLE, told } from '../told.ts';
import { type Case, failing, saying } from './case.ts';

const SCHEDULE = 'HourlySchedule';
const NOT_TRUSTED = 'The execution role you provide must allow AWS EventBridge Scheduler to assume the role';

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
    saying(NOT_TRUSTED, removed(SCHEDULE, 'GroupName')),
    removed(SCHEDULE, 'Target', 'Input'),
    removed(SCHEDULE, 'Target', 'DeadLetterConfig'),
    saying(NOT_TRUSTED, trustingAnother('JobsSchedulesRole')),
  ),
  ...failing(
    sendsForLater,
    saying('sendLater: AccessDeniedException', told('Operator', ['schedules', 'group'], 'another')),
    saying(
      'not authorized to perform: iam:PassRole',
      told('Operator', ['schedules', 'role'], ELSEWHERE_ROLE),
    ),
    told('Operator', ['schedules', 'queue'], ELSEWHERE_ARN),
    told('Operator', ['schedules', 'deadLetter'], ELSEWHERE_ARN),
    saying(`sendLater: ValidationException: ${NOT_TRUSTED}`, trustingAnother('JobsSendLaterDeliveryRole')),
  ),
];
