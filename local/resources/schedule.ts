import { stringAt } from '../json-value.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceType } from './resource-type.ts';

const MAX_NAME_LENGTH = 64;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html */
export const schedule: ResourceType = {
  properties: [
    'EndDate',
    'FlexibleTimeWindow',
    'GroupName',
    'Name',
    'ScheduleExpression',
    'ScheduleExpressionTimezone',
    'StartDate',
    'State',
    'Target',
  ],
  withoutEffect: ['Description', 'KmsKeyArn'],

  async create(request) {
    const { properties, cloud } = request;
    const Name = stringAt(properties, 'Name') ?? physicalName(request, MAX_NAME_LENGTH);
    const { arn, definition } = cloud.scheduler.createSchedule({ ...properties, Name });
    const { schedule, groupName: group } = definition;
    return {
      ref: Name,
      attributes: { Arn: arn },
      summary: {
        kind: 'schedule',
        name: Name,
        group,
        arn,
        expression: schedule.expression,
        timeZone: schedule.kind === 'rate' ? undefined : schedule.timeZone,
      },
      async initialize() {
        cloud.scheduler.requireRole(arn);
      },
    };
  },
};
