import { booleanAt, stringAt } from '../json-value.ts';
import { encryptWith } from './key.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceType } from './resource-type.ts';

/** Properties that are topic attributes of the same name. */
const ATTRIBUTES = ['ContentBasedDeduplication', 'DisplayName', 'FifoTopic'];

const MAX_NAME_LENGTH = 256;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html */
export const topic: ResourceType = {
  properties: ['KmsMasterKeyId', 'TopicName', ...ATTRIBUTES],
  withoutEffect: ['DeliveryStatusLogging', 'SignatureVersion', 'Tags', 'TracingConfig'],

  async create(request) {
    const { properties, cloud } = request;
    const suffix = booleanAt(properties, 'FifoTopic') ? '.fifo' : '';
    const name = stringAt(properties, 'TopicName') ?? physicalName(request, MAX_NAME_LENGTH, suffix);
    const attributes: Record<string, string> = {};
    for (const attribute of ATTRIBUTES) {
      const value = stringAt(properties, attribute);
      if (value !== undefined) attributes[attribute] = value;
    }
    const arn = cloud.sns.createTopic(name, attributes);
    encryptWith(request, arn, stringAt(properties, 'KmsMasterKeyId'));
    return {
      ref: arn,
      attributes: { TopicArn: arn, TopicName: name },
      summary: { kind: 'topic', arn },
    };
  },
};
