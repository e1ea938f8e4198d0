import type { GetQueueAttributesResult, QueueAttributeName } from '@aws-sdk/client-sqs';
import { readStrings, requireString } from '../input.ts';
import type { Queue } from '../queue.ts';
import { SqsError } from '../sqs-error.ts';
import type { Verb } from '../verb.ts';

export const getQueueAttributes: Verb = (store, input) => {
  const queue = store.requireByUrl(requireString(input, 'QueueUrl'));
  const names = readStrings(input, 'AttributeNames');
  const unknown = names.find(name => !NAMES.has(name));
  if (unknown !== undefined) throw new SqsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
  const wanted = Object.entries(allAttributes(queue)).filter(
    ([name]) => names.includes('All') || names.includes(name),
  );
  return wanted.length === 0
    ? {}
    : ({ Attributes: Object.fromEntries(wanted) } satisfies GetQueueAttributesResult);
};

function allAttributes(queue: Queue) {
  const counts = queue.counts();
  const { attributes, createdAtMs, modifiedAtMs } = queue.configuration;
  return {
    ...attributes,
    ApproximateNumberOfMessages: String(counts.visible),
    ApproximateNumberOfMessagesDelayed: String(counts.delayed),
    ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
    CreatedTimestamp: String(Math.floor(createdAtMs / 1000)),
    LastModifiedTimestamp: String(Math.floor(modifiedAtMs / 1000)),
    QueueArn: queue.arn,
  } satisfies GetQueueAttributesResult['Attributes'];
}

const NAMES: ReadonlySet<string> = new Set(
  Object.keys({
    All: true,
    ApproximateNumberOfMessages: true,
    ApproximateNumberOfMessagesDelayed: true,
    ApproximateNumberOfMessagesNotVisible: true,
    ContentBasedDeduplication: true,
    CreatedTimestamp: true,
    DeduplicationScope: true,
    DelaySeconds: true,
    FifoQueue: true,
    FifoThroughputLimit: true,
    KmsDataKeyReusePeriodSeconds: true,
    KmsMasterKeyId: true,
    LastModifiedTimestamp: true,
    MaximumMessageSize: true,
    MessageRetentionPeriod: true,
    Policy: true,
    QueueArn: true,
    ReceiveMessageWaitTimeSeconds: true,
    RedriveAllowPolicy: true,
    RedrivePolicy: true,
    SqsManagedSseEnabled: true,
    VisibilityTimeout: true,
  } satisfies Record<QueueAttributeName, true>),
);
