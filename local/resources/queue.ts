import { arrayAt, booleanAt, stringAt } from '../json-value.ts';
import { checkEncryption } from '../sqs/queue-attributes.ts';
import { checkTagCount } from '../sqs/queue-tags.ts';
import { encryptWith } from './key.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceType } from './resource-type.ts';

/** Properties that are queue attributes of the same name. */
const ATTRIBUTES = [
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'VisibilityTimeout',
];

const MAX_NAME_LENGTH = 80;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html */
export const queue: ResourceType = {
  properties: ['KmsMasterKeyId', 'QueueName', ...ATTRIBUTES],
  withoutEffect: ['KmsDataKeyReusePeriodSeconds', 'SqsManagedSseEnabled', 'Tags'],

  async create(request) {
    const { properties, cloud } = request;
    const suffix = booleanAt(properties, 'FifoQueue') ? '.fifo' : '';
    const attributes: Record<string, string> = {};
    for (const name of ATTRIBUTES) {
      const value = properties[name];
      if (value !== undefined)
        attributes[name] = typeof value === 'object' ? JSON.stringify(value) : String(value);
    }
    // SQS takes FifoQueue only when it is true; a template may say false.
    if (!suffix) delete attributes.FifoQueue;

    const queueName = stringAt(properties, 'QueueName') ?? physicalName(request, MAX_NAME_LENGTH, suffix);
    const KmsMasterKeyId = stringAt(properties, 'KmsMasterKeyId');
    checkTagCount(queueName, arrayAt(properties, 'Tags')?.length ?? 0);
    checkEncryption({ KmsMasterKeyId, SqsManagedSseEnabled: stringAt(properties, 'SqsManagedSseEnabled') });
    const { name, arn, url } = cloud.sqs.createQueue(queueName, attributes);
    encryptWith(request, arn, KmsMasterKeyId);
    return {
      ref: url,
      attributes: { Arn: arn, QueueName: name, QueueUrl: url },
      summary: { kind: 'queue', name, arn, url },
    };
  },
};
