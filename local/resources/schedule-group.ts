import { checkScheduleName } from '../../contract/schedule/schedule-rules.ts';
import { stringAt } from '../json-value.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceType } from './resource-type.ts';

const MAX_NAME_LENGTH = 64;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedulegroup.html */
export const scheduleGroup: ResourceType = {
  properties: ['Name'],
  withoutEffect: ['Tags'],

  async create(request) {
    const { properties, cloud } = request;
    const name = checkScheduleName(
      stringAt(properties, 'Name') ?? physicalName(request, MAX_NAME_LENGTH),
      'Name',
    );
    const arn = cloud.scheduler.createGroup(name);
    const createdAt = new Date(cloud.clock.now()).toISOString();
    return {
      ref: name,
      attributes: { Arn: arn, CreationDate: createdAt, LastModificationDate: createdAt, State: 'ACTIVE' },
    };
  },
};
