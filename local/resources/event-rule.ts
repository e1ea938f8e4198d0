import { readRuleTarget } from '../events/rule-target.ts';
import { objectAt, objectsAt, oneOfAt, required, stringAt } from '../json-value.ts';
import { StartError } from '../start-error.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceType } from './resource-type.ts';

const MAX_NAME_LENGTH = 64;

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MAX_TARGETS = 5;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html */
export const eventRule: ResourceType = {
  properties: ['EventBusName', 'EventPattern', 'Name', 'State', 'Targets'],
  withoutEffect: ['Description', 'Tags'],

  async create(request) {
    const { properties, cloud } = request;
    const targets = (objectsAt(properties, 'Targets') ?? []).map(readRuleTarget);
    if (targets.length > MAX_TARGETS) {
      throw new StartError(`Targets must have at most ${MAX_TARGETS} members, got ${targets.length}`);
    }
    const ids = targets.map(({ given }) => given.Id);
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice !== undefined) throw new StartError(`Targets must have Ids of their own, got ${twice} twice`);
    const { name, arn } = cloud.events.createRule({
      name: stringAt(properties, 'Name') ?? physicalName(request, MAX_NAME_LENGTH),
      busName: cloud.events.requireBus(stringAt(properties, 'EventBusName')),
      description: stringAt(properties, 'Description'),
      enabled: oneOfAt(properties, 'State', ['ENABLED', 'DISABLED']) !== 'DISABLED',
      pattern: required(objectAt(properties, 'EventPattern'), 'EventPattern'),
      targets,
    });
    return { ref: name, attributes: { Arn: arn } };
  },
};
