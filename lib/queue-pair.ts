import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { TaskQueueProps } from './task-queue-props.ts';
import { ownDeadLetterQueue, type TaskQueueSettings } from './task-queue-settings.ts';

export interface QueuePair {
  readonly queue: sqs.IQueue;
  readonly deadLetterQueue: sqs.IQueue;
}

/** Makes the queue and its dead-letter queue, or takes those that exist. */
export function makeQueuePair(
  scope: Construct,
  props: TaskQueueProps,
  settings: TaskQueueSettings,
): QueuePair {
  const deadLetterQueue =
    props.deadLetterQueue ??
    ownDeadLetterQueue(props.queue)?.queue ??
    makeDeadLetterQueue(scope, props, settings);
  return { queue: props.queue ?? makeQueue(scope, props, settings, deadLetterQueue), deadLetterQueue };
}

function makeQueue(
  scope: Construct,
  props: TaskQueueProps,
  settings: TaskQueueSettings,
  deadLetterQueue: sqs.IQueue,
): sqs.Queue {
  return new sqs.Queue(scope, 'Queue', {
    ...protection(props, settings),
    ...(props.queueName !== undefined && { queueName: props.queueName }),
    visibilityTimeout: props.visibilityTimeout ?? Duration.seconds(settings.visibilityTimeoutSeconds),
    retentionPeriod: props.retentionPeriod ?? Duration.seconds(settings.retentionSeconds),
    ...(props.deliveryDelay && { deliveryDelay: props.deliveryDelay }),
    deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: settings.maxReceiveCount },
  });
}

function makeDeadLetterQueue(
  scope: Construct,
  props: TaskQueueProps,
  settings: TaskQueueSettings,
): sqs.Queue {
  const { queueName, deadLetterRetentionPeriod } = props;
  const queue = new sqs.Queue(scope, 'DeadLetterQueue', {
    ...protection(props, settings),
    ...(queueName !== undefined && { queueName: deadLetterQueueName(queueName, settings.fifo) }),
    retentionPeriod: deadLetterRetentionPeriod ?? Duration.seconds(settings.deadLetterRetentionSeconds),
  });
  if (queueName !== undefined) allowDeadLettersFrom(queue, queueName);
  return queue;
}

/**
 * The source's ARN is put together from its name: a reference to the source, which refers to this queue itself, would
 * be a cycle in CloudFormation. So there is no such policy for queues that CloudFormation names.
 */
function allowDeadLettersFrom(deadLetterQueue: sqs.Queue, sourceQueueName: string): void {
  const source = Stack.of(deadLetterQueue).formatArn({
    service: 'sqs',
    resource: sourceQueueName,
    arnFormat: ArnFormat.NO_RESOURCE_NAME,
  });
  const resource = deadLetterQueue.node.defaultChild as sqs.CfnQueue;
  resource.redriveAllowPolicy = { redrivePermission: 'byQueue', sourceQueueArns: [source] };
}

export function deadLetterQueueName(queueName: string, fifo: boolean): string {
  return fifo ? `${queueName.replace(/\.fifo$/, '')}-dead-letters.fifo` : `${queueName}-dead-letters`;
}

function protection({ encryptionKey }: TaskQueueProps, { fifo }: TaskQueueSettings): sqs.QueueProps {
  return {
    ...encryptedBy(encryptionKey),
    ...(fifo && { fifo: true, contentBasedDeduplication: true }),
  };
}

/** TLS on the way, and at rest the key given or SQS's own. */
export function encryptedBy(encryptionKey: kms.IKey | undefined): sqs.QueueProps {
  return {
    enforceSSL: true,
    ...(encryptionKey
      ? { encryption: sqs.QueueEncryption.KMS, encryptionMasterKey: encryptionKey }
      : { encryption: sqs.QueueEncryption.SQS_MANAGED }),
  };
}

/** SQS's own grant allows more of the key. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html */
export function grantSendingUnderKey(queue: sqs.IQueue, grantee: iam.IGrantable): void {
  queue.encryptionMasterKey?.grant(grantee, 'kms:GenerateDataKey', 'kms:Decrypt');
}
