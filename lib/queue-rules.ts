import { Token } from 'aws-cdk-lib';
import { formatDuration } from '../contract/duration.ts';
import { LAMBDA, SQS } from '../contract/limits.ts';
import { existingQueueRules } from './existing-queue-rules.ts';
import { deadLetterQueueName } from './queue-pair.ts';
import type { Rule } from './rules.ts';
import type { TaskQueueProps } from './task-queue-props.ts';
import type { TaskQueueSettings } from './task-queue-settings.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html */
const MAX_QUEUE_NAME = 80;

export function queueRules(props: TaskQueueProps, settings: TaskQueueSettings): Rule[] {
  return [
    ...timeRules(settings),
    neverStartsRule(props, settings),
    ...nameRules(props, settings),
    ...existingQueueRules(props, settings),
  ];
}

function timeRules(settings: TaskQueueSettings): Rule[] {
  const { visibilityTimeoutSeconds, neededVisibilitySeconds, timeoutSeconds, windowSeconds } = settings;
  const { retentionSeconds, deadLetterRetentionSeconds, deliveryDelaySeconds, unknownTaskGraceSeconds } =
    settings;
  const retentionRule = (name: string, value: number): Rule => ({
    condition: value < SQS.minRetentionSeconds || value > SQS.maxRetentionSeconds,
    message: `${name} must be from 1m to 14d, got ${formatDuration(value * 1000)}; choose one in the range`,
  });
  return [
    {
      condition: visibilityTimeoutSeconds < neededVisibilitySeconds,
      message:
        `visibilityTimeout must be at least ${LAMBDA.visibilityTimeoutFactor} × the function timeout ` +
        `(${timeoutSeconds}s) and the batching window (${windowSeconds}s), ${neededVisibilitySeconds}s, got ` +
        `${visibilityTimeoutSeconds}s; raise visibilityTimeout or lower timeout`,
    },
    {
      condition: visibilityTimeoutSeconds > SQS.maxVisibilityTimeoutSeconds,
      message: `visibilityTimeout must be at most ${SQS.maxVisibilityTimeoutSeconds}s, got ${visibilityTimeoutSeconds}s; lower it`,
    },
    retentionRule('retentionPeriod', retentionSeconds),
    retentionRule('deadLetterRetentionPeriod', deadLetterRetentionSeconds),
    {
      // In a standard dead-letter queue SQS counts retention from the message's first enqueue.
      condition: !settings.fifo && retentionSeconds >= deadLetterRetentionSeconds,
      message:
        `retentionPeriod must be less than that of the dead-letter queue (${formatDuration(deadLetterRetentionSeconds * 1000)}), ` +
        `got ${formatDuration(retentionSeconds * 1000)}; a message dead-lettered late would be deleted at once: lower ` +
        'retentionPeriod or raise deadLetterRetentionPeriod',
    },
    {
      condition: deliveryDelaySeconds > SQS.maxDelaySeconds,
      message: `deliveryDelay must be at most ${SQS.maxDelaySeconds}s, got ${deliveryDelaySeconds}s; lower it`,
    },
    {
      condition: unknownTaskGraceSeconds >= retentionSeconds,
      message:
        `unknownTaskGrace must be less than retentionPeriod (${formatDuration(retentionSeconds * 1000)}), got ` +
        `${formatDuration(unknownTaskGraceSeconds * 1000)}; lower it, or SQS deletes such messages before they are dead-lettered`,
    },
  ];
}

/** A message of a function that never starts spends a receive each visibility timeout, until SQS dead-letters it. */
function neverStartsRule({ queue }: TaskQueueProps, settings: TaskQueueSettings): Rule {
  const { maxReceiveCount, visibilityTimeoutSeconds, retentionSeconds } = settings;
  const neededSeconds = maxReceiveCount * visibilityTimeoutSeconds;
  const wholeHours = Math.ceil(neededSeconds / 3600);
  return {
    condition: neededSeconds > retentionSeconds,
    message:
      `retentionPeriod must be at least ${formatDuration(wholeHours * 3_600_000)}, as long as a message of a function that ` +
      `never starts needs to be dead-lettered (maxReceiveCount ${maxReceiveCount} × visibilityTimeout ` +
      `${visibilityTimeoutSeconds}s), got ${formatDuration(retentionSeconds * 1000)}; raise it (at most 14d), or lower ` +
      `${queue ? 'maxReceiveCount' : "visibilityTimeout, the tasks' timeouts or attempts, or batchSize"}, or SQS deletes it`,
  };
}

function nameRules({ queueName = '' }: TaskQueueProps, { fifo }: TaskQueueSettings): Rule[] {
  const longest = deadLetterQueueName(queueName, fifo);
  return [
    {
      condition: !Token.isUnresolved(queueName) && longest.length > MAX_QUEUE_NAME,
      message:
        `queueName must leave room for the dead-letter queue's name, which may have ${MAX_QUEUE_NAME} characters; got ` +
        `'${longest}' (${longest.length}); shorten it`,
    },
  ];
}
