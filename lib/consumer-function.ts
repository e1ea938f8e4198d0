import { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { clientsNotNeeded, makeEntryFunction } from './entry-function.ts';
import type { TaskQueueProps } from './task-queue-props.ts';
import type { TaskQueueSettings } from './task-queue-settings.ts';

/** Makes the consumer function; its event source is `addQueueEvents`'. */
export function makeConsumerFunction(
  scope: Construct,
  props: TaskQueueProps,
  settings: TaskQueueSettings,
): NodejsFunction {
  const timeout = props.timeout ?? Duration.seconds(settings.timeoutSeconds);
  const rarelyNeeded = clientsNotNeeded([props.payloadBucket]);
  return makeEntryFunction(scope, 'Consumer', { ...props, timeout, rarelyNeeded });
}

/**
 * Lets the queue invoke the consumer. Partial batch failures are no option: the consumer relies on them. CDK's
 * `SqsEventSource` would grant `sqs:GetQueueUrl` as well, which neither Lambda nor the consumer asks for.
 */
export function addQueueEvents(
  consumer: lambda.Function,
  queue: sqs.IQueue,
  props: TaskQueueProps,
  settings: TaskQueueSettings,
): void {
  const { maxBatchingWindow, maxConcurrency } = props;
  consumer.addEventSourceMapping('Messages', {
    eventSourceArn: queue.queueArn,
    batchSize: props.batchSize ?? settings.batchSize,
    reportBatchItemFailures: true,
    ...(maxBatchingWindow && { maxBatchingWindow }),
    ...(maxConcurrency !== undefined && { maxConcurrency }),
  });
  queue.grant(
    consumer,
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ChangeMessageVisibility',
  );
  queue.encryptionMasterKey?.grant(consumer, 'kms:Decrypt');
}
