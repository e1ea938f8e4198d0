import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Rule } from './rules.ts';
import type { TaskQueueProps } from './task-queue-props.ts';
import { ownDeadLetterQueue, queueResource, type TaskQueueSettings } from './task-queue-settings.ts';

/** What a queue and a dead-letter queue that are passed in must have; nothing of it is set on them. */
export function existingQueueRules(props: TaskQueueProps, settings: TaskQueueSettings): Rule[] {
  const { queue } = props;
  const deadLetterQueue = props.deadLetterQueue ?? ownDeadLetterQueue(queue)?.queue;
  return [
    ...(queue ? ownSettingsRules(queue, props, settings) : []),
    ...(queue ? kindRules('queue', queue, settings) : []),
    ...(deadLetterQueue ? kindRules('deadLetterQueue', deadLetterQueue, settings) : []),
  ];
}

function ownSettingsRules(queue: sqs.IQueue, props: TaskQueueProps, settings: TaskQueueSettings): Rule[] {
  const { deadLetterQueue } = props;
  const own = ownDeadLetterQueue(queue);
  const ownProps = (['queueName', 'encryptionKey', 'deliveryDelay'] as const).filter(
    name => props[name] !== undefined,
  );
  return [
    {
      condition: own === undefined && deadLetterQueue === undefined,
      message:
        `deadLetterQueue must be given: the existing queue ${queue.node.path} does not tell its own; pass the queue ` +
        'that its redrive policy names',
    },
    {
      condition: own !== undefined && deadLetterQueue !== undefined && own.queue !== deadLetterQueue,
      message:
        `deadLetterQueue must be the one that the existing queue ${queue.node.path} has, ${own?.queue.node.path}, got ` +
        `${deadLetterQueue?.node.path}; leave it out`,
    },
    {
      condition: settings.maxReceiveCount < settings.neededReceiveCount,
      message:
        `maxReceiveCount of the existing queue ${queue.node.path} must be at least ${settings.neededReceiveCount}, got ` +
        `${settings.maxReceiveCount}; raise it, or SQS takes runs away before their attempts are used up`,
    },
    {
      condition: ownProps.length > 0,
      message: `${ownProps.join(', ')} must not be given with an existing queue; set it on ${queue.node.path} itself`,
    },
  ];
}

function kindRules(name: string, queue: sqs.IQueue, { fifo }: TaskQueueSettings): Rule[] {
  const word = (isFifo: boolean) => (isFifo ? 'a FIFO queue' : 'a standard queue');
  const resource = queueResource(queue);
  return [
    {
      condition: queue.fifo !== fifo,
      message:
        `${name} must be ${word(fifo)} as the task queue is, got ${word(queue.fifo)} (${queue.node.path}); set fifo: ` +
        `${queue.fifo} or pass another`,
    },
    {
      // EventBridge Scheduler's SQS target gives no deduplication id.
      condition: queue.fifo && resource !== undefined && resource.contentBasedDeduplication !== true,
      message:
        `${name} must deduplicate by content, got contentBasedDeduplication: ${resource?.contentBasedDeduplication}; set ` +
        `contentBasedDeduplication: true on ${queue.node.path}`,
    },
  ];
}
