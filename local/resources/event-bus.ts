import { required, stringAt } from '../json-value.ts';
import { StartError } from '../start-error.ts';
import type { ResourceType } from './resource-type.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbus.html */
export const eventBus: ResourceType = {
  properties: ['Name'],
  // Its dead-letter queue is for events that the bus's key does not decrypt.
  withoutEffect: ['DeadLetterConfig', 'Description', 'KmsKeyIdentifier', 'LogConfig', 'Tags'],

  async create({ properties, cloud }) {
    const name = required(stringAt(properties, 'Name'), 'Name');
    if (!/^[A-Za-z0-9._-]{1,256}$/.test(name) || name === 'default') {
      throw new StartError(
        `Name must be 1 to 256 of A-Z a-z 0-9 . _ - and not default, got ${JSON.stringify(name)}`,
      );
    }
    const arn = cloud.events.createBus(name);
    return { ref: name, attributes: { Arn: arn, Name: name } };
  },
};
