import type { Duration } from 'aws-cdk-lib';
import { SCHEDULER } from '../contract/limits.ts';
import type { TaskDefinition } from '../contract/task.ts';
import { brokenRules, type Rule } from './rules.ts';
import type { TaskQueue } from './task-queue.ts';

/** What a service of AWS is given to hand a task's message to its queue. */
export interface DeliveryProps {
  readonly task: TaskDefinition;
  readonly queue: TaskQueue;
  readonly groupKey?: string;
  readonly retryAttempts?: number;
  readonly maxEventAge?: Duration;
}

/** @throws RangeError with all that is broken */
export function checkDelivery(rules: readonly Rule[]): void {
  const broken = brokenRules(rules);
  if (broken.length > 0) throw new RangeError(broken.join('; '));
}

/** @param service who delivers */
export function deliveryRules(props: DeliveryProps, service: string): Rule[] {
  return [...queueRules(props, service), ...retryRules(props)];
}

function queueRules({ queue, task, groupKey }: DeliveryProps, service: string): Rule[] {
  const { fifo } = queue.queue;
  return [
    {
      condition: !queue.tasks.some(({ name }) => name === task.name),
      message:
        `task must be one of the queue's (${queue.tasks.map(({ name }) => name).join(', ')}), got ${task.name}; add it to ` +
        `the tasks of ${queue.node.path}, or pass the queue that has it`,
    },
    {
      condition: fifo && groupKey === undefined,
      message: `groupKey must be given, for ${queue.node.path} is a FIFO queue and keeps order within a group; give a constant`,
    },
    {
      condition: !fifo && groupKey !== undefined,
      message:
        `groupKey must not be given, got '${groupKey}': ${service} gives a group to messages of FIFO queues ` +
        'only; remove it',
    },
    {
      condition: groupKey !== undefined && !/^[!-~]{1,128}$/.test(groupKey),
      message: `groupKey must be 1 to 128 ASCII letters, digits and punctuation, got '${groupKey}'; send a hash of it`,
    },
  ];
}

/** EventBridge has the limits of its Scheduler. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html */
function retryRules({ retryAttempts, maxEventAge }: DeliveryProps): Rule[] {
  const { maxRetryAttempts, minEventAgeSeconds, maxEventAgeSeconds } = SCHEDULER;
  const ageSeconds = maxEventAge?.toSeconds() ?? minEventAgeSeconds;
  const attempts = retryAttempts ?? 0;
  return [
    {
      condition: !(Number.isInteger(attempts) && attempts >= 0 && attempts <= maxRetryAttempts),
      message: `retryAttempts must be a whole number from 0 to ${maxRetryAttempts}, got ${retryAttempts}; choose one in the range`,
    },
    {
      condition: ageSeconds < minEventAgeSeconds || ageSeconds > maxEventAgeSeconds,
      message:
        `maxEventAge must be from ${minEventAgeSeconds}s to ${maxEventAgeSeconds}s (a day), got ${ageSeconds}s; choose ` +
        'one in the range',
    },
  ];
}
