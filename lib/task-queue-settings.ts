import { CfnResource, type Duration, Token } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { DEADLINE_MARGIN_MS, LAMBDA, LONGEST_HIDING_SECONDS, SQS } from '../contract/limits.ts';
import type { TaskDefinition } from '../contract/task.ts';
import type { TaskQueueProps } from './task-queue-props.ts';

/**
 * A task queue's numbers with their defaults filled in. One that is not known at synth (a token, an imported queue's
 * attribute) or does not exist is NaN: it makes every comparison false, so each rule that needs it passes.
 */
export interface TaskQueueSettings {
  readonly tasks: readonly TaskDefinition[];
  readonly fifo: boolean;
  readonly longestTaskMs: number;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly maxConcurrency: number;
  readonly reservedConcurrency: number;
  readonly concurrency: number;
  /** What the function needs for a batch of its slowest task. */
  readonly neededTimeoutMs: number;
  readonly timeoutSeconds: number;
  readonly unknownTaskGraceSeconds: number;
  readonly deliveryDelaySeconds: number;
  /** What the visibility timeout must be at least. */
  readonly neededVisibilitySeconds: number;
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  readonly deadLetterRetentionSeconds: number;
  /** What the receive count must be at least: attempts are counted in the run's item, this is the net under crashes. */
  readonly neededReceiveCount: number;
  readonly maxReceiveCount: number;
}

/** What SQS gives a queue that does not say. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const SQS_DEFAULT = { visibilityTimeoutSeconds: 30, retentionSeconds: SQS.defaultRetentionSeconds } as const;

const DEFAULT = {
  batchSize: 10,
  concurrency: 10,
  retentionSeconds: 4 * 86_400,
  unknownTaskGraceSeconds: 300,
} as const;

export function resolveSettings(props: TaskQueueProps): TaskQueueSettings {
  const { tasks, queue } = props;
  const fifo = props.fifo ?? queue?.fifo ?? false;
  const batchSize = known(props.batchSize ?? DEFAULT.batchSize);
  const windowSeconds = seconds(props.maxBatchingWindow) ?? 0;
  const longestTaskMs = Math.max(0, ...tasks.map(task => task.policy.timeoutMs));
  const neededTimeoutMs = longestTaskMs * (fifo ? batchSize : 1) + DEADLINE_MARGIN_MS;
  const timeoutSeconds = seconds(props.timeout) ?? Math.ceil(neededTimeoutMs / 1000);
  const neededVisibilitySeconds = LAMBDA.visibilityTimeoutFactor * timeoutSeconds + windowSeconds;
  const attempts = Math.max(1, ...tasks.map(task => task.policy.retry.attempts));
  const concurrency = known(props.concurrency ?? Math.min(batchSize || Infinity, DEFAULT.concurrency));
  const queueTimes = resolveQueueTimes(props, neededVisibilitySeconds);
  // A record that found no room in its invocation has spent a receive, and no attempt.
  const turns = fifo ? batchSize : Math.ceil(batchSize / concurrency);
  const neededReceiveCount = receiveCountFor(attempts, turns, queueTimes);
  return {
    tasks,
    fifo,
    longestTaskMs,
    batchSize,
    windowSeconds,
    maxConcurrency: known(props.maxConcurrency),
    reservedConcurrency: known(props.reservedConcurrentExecutions),
    concurrency,
    neededTimeoutMs,
    timeoutSeconds,
    unknownTaskGraceSeconds: seconds(props.unknownTaskGrace) ?? DEFAULT.unknownTaskGraceSeconds,
    deliveryDelaySeconds: seconds(props.deliveryDelay) ?? 0,
    neededVisibilitySeconds,
    neededReceiveCount,
    maxReceiveCount: props.queue
      ? known(ownDeadLetterQueue(props.queue)?.maxReceiveCount)
      : neededReceiveCount,
    ...queueTimes,
  };
}

/**
 * As many receives as runs can need, crashes included, unless a message of a function that never starts, which spends a
 * receive each visibility timeout, would then be deleted at its retention's end: it is dead-lettered by the half of it
 * (Lambda asks less often while a function fails), as long as that leaves a receive for each attempt.
 */
function receiveCountFor(
  attempts: number,
  turns: number,
  { visibilityTimeoutSeconds, retentionSeconds }: QueueTimes,
): number {
  // Of a wait that is longer than SQS hides a message, each part spends a receive. A `RetryAfterError` may have any run
  // wait for as long as the queue keeps its message.
  const hidings = Math.floor((retentionSeconds || SQS.maxRetentionSeconds) / LONGEST_HIDING_SECONDS);
  const wanted = (3 * attempts + 10 + hidings) * turns;
  const inTime = Math.floor(retentionSeconds / 2 / visibilityTimeoutSeconds);
  const count = Number.isNaN(inTime) ? wanted : Math.max((attempts + 1) * turns, Math.min(wanted, inTime));
  return Math.min(SQS.maxReceiveCount, count);
}

type QueueTimes = Pick<
  TaskQueueSettings,
  'visibilityTimeoutSeconds' | 'retentionSeconds' | 'deadLetterRetentionSeconds'
>;

function resolveQueueTimes(props: TaskQueueProps, neededVisibilitySeconds: number): QueueTimes {
  const { queue } = props;
  const deadLetterQueue = props.deadLetterQueue ?? ownDeadLetterQueue(queue)?.queue;
  const visibility = seconds(props.visibilityTimeout);
  const retention = seconds(props.retentionPeriod);
  const deadLetterRetentionSeconds =
    retentionOf(deadLetterQueue) ??
    seconds(props.deadLetterRetentionPeriod) ??
    (deadLetterQueue ? Number.NaN : SQS.maxRetentionSeconds);
  if (queue === undefined) {
    return {
      visibilityTimeoutSeconds: visibility ?? neededVisibilitySeconds,
      retentionSeconds: retention ?? DEFAULT.retentionSeconds,
      deadLetterRetentionSeconds,
    };
  }
  const resource = queueResource(queue);
  return {
    visibilityTimeoutSeconds: resource
      ? known(resource.visibilityTimeout ?? SQS_DEFAULT.visibilityTimeoutSeconds)
      : (visibility ?? Number.NaN),
    retentionSeconds: retentionOf(queue) ?? retention ?? Number.NaN,
    deadLetterRetentionSeconds,
  };
}

function retentionOf(queue: sqs.IQueue | undefined): number | undefined {
  const resource = queueResource(queue);
  return resource && known(resource.messageRetentionPeriod ?? SQS_DEFAULT.retentionSeconds);
}

/** The CloudFormation resource behind a queue; undefined for an imported one. */
export function queueResource(queue: sqs.IQueue | undefined): sqs.CfnQueue | undefined {
  const child = queue?.node.defaultChild;
  const isQueue =
    child !== undefined &&
    CfnResource.isCfnResource(child) &&
    child.cfnResourceType === sqs.CfnQueue.CFN_RESOURCE_TYPE_NAME;
  return isQueue ? (child as sqs.CfnQueue) : undefined;
}

/** The dead-letter queue that a queue of this CDK app was given; an imported queue does not tell. */
export function ownDeadLetterQueue(queue: sqs.IQueue | undefined): sqs.DeadLetterQueue | undefined {
  return queue && 'deadLetterQueue' in queue
    ? (queue as { deadLetterQueue?: sqs.DeadLetterQueue }).deadLetterQueue
    : undefined;
}

function known(value: number | undefined): number {
  return value === undefined || Token.isUnresolved(value) ? Number.NaN : value;
}

function seconds(duration: Duration | undefined): number | undefined {
  if (duration === undefined) return undefined;
  return duration.isUnresolved() ? Number.NaN : duration.toSeconds();
}
