import { toScheduleInput } from '../../contract/firing.ts';
import { consumer, functionOf, SHOP } from './deployed-stack.ts';

export const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
const SCHEDULE_ROLE = {
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: 'fires',
    AssumeRolePolicyDocument: {
      Statement: [
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'scheduler.amazonaws.com' } },
      ],
    },
    Policies: [
      {
        PolicyName: 'Send',
        PolicyDocument: {
          Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf('Queue') }],
        },
      },
    ],
  },
};
const group = (Name: string) => ({ Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name } });
export const schedule = (name: string, expression: string, properties: object = {}) => ({
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    Name: name.replaceAll('/', '-'),
    GroupName: { Ref: 'Group' },
    ScheduleExpression: expression,
    ScheduleExpressionTimezone: 'Europe/Paris',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: arnOf('Queue'),
      RoleArn: arnOf('ScheduleRole'),
      Input: toScheduleInput('greet', { name }, '{"name":"Ada"}'),
    },
    ...properties,
  },
});

/** Its times are years away, so that nothing fires in a test by itself. */
export const LEAP_DAYS = 'cron(30 3 29 2 ? *)';

export const CLOCKWORK = {
  ...SHOP,
  ScheduleRole: SCHEDULE_ROLE,
  Group: group('fixed'),
  Later: group('later'),
  Consumer: functionOf('Queue', {
    ...consumer,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own
    schedules: { group: '${Later}', role: 'r', queue: 'q', deadLetter: 'd' },
  }),
  Leap: schedule('Shop/Leap', LEAP_DAYS),
};
