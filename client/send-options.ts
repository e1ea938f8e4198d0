import type { QueueConfig } from '../contract/environment.ts';
import { IDEMPOTENCY_KEY_RULE, isIdempotencyKey } from '../contract/run-id.ts';
import type { TaskDefinition } from '../contract/task.ts';
import { isTraceparent, TRACEPARENT_RULE } from '../contract/trace-context.ts';
import { resolveSendTime, type SendTime, type SendTimeOptions } from './send-time.ts';

export interface SendOptions extends SendTimeOptions {
  /**
   * Names the run: a second send of the task under the same key is the same run, for as long as the task remembers it.
   * @default the key that the task's definition gives the payload; without one, each send is a run of its own
   */
  readonly idempotencyKey?: string;
  /**
   * On a FIFO queue, which requires it: runs of one group are attempted in the order sent. On a standard queue: SQS
   * keeps one busy group, such as a tenant, from holding up the others; a run that waits in EventBridge Scheduler comes
   * without it. 1 to 128 ASCII letters, digits and punctuation.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
   */
  readonly groupKey?: string;
  /**
   * The W3C trace context of what sends: the run's handler and its log lines have it. https://www.w3.org/TR/trace-context
   * @default in a handler, that of its own run; elsewhere none, but X-Ray's when the sender is traced by it
   */
  readonly traceparent?: string;
}

/**
 * With the key that the task's definition gives the payload, unless the sender gives one.
 * @param valid the schema's output
 * @throws whatever the definition's function throws
 */
export function withKey(task: TaskDefinition, valid: unknown, options: SendOptions): SendOptions {
  const idempotencyKey = options.idempotencyKey ?? task.keyOf?.(valid);
  return idempotencyKey === undefined ? options : { ...options, idempotencyKey };
}

/** The options in SQS's terms. */
export interface MessageOptions extends SendTime {
  readonly groupKey?: string;
}

/** @throws RangeError naming the task, the option, the value and what is allowed */
export function resolveSendOptions(
  task: string,
  queue: QueueConfig,
  options: SendOptions,
  nowMs: number,
): MessageOptions {
  const { idempotencyKey, groupKey, traceparent } = options;
  const option = (name: string) => `task '${task}': ${name}`;
  if (idempotencyKey !== undefined && !isIdempotencyKey(idempotencyKey)) {
    throw new RangeError(
      `${option('idempotencyKey')} must be ${IDEMPOTENCY_KEY_RULE}, got ${JSON.stringify(idempotencyKey).slice(0, 100)}; ` +
        'send a hash of a longer one, or leave it out for a run of its own',
    );
  }
  if (groupKey !== undefined && !/^[!-~]{1,128}$/.test(groupKey)) {
    throw new RangeError(
      `${option('groupKey')} must be 1 to 128 ASCII letters, digits and punctuation (SQS's rule for a ` +
        `MessageGroupId), got '${groupKey}'; send a hash of it`,
    );
  }
  if (traceparent !== undefined && !isTraceparent(traceparent)) {
    throw new RangeError(`${option('traceparent')} must be ${TRACEPARENT_RULE}, got '${traceparent}'`);
  }
  if (queue.fifo && groupKey === undefined) {
    throw new RangeError(
      `${option('groupKey')} is required, for ${queue.url} is a FIFO queue: it keeps order within a group; pass what ` +
        'must stay in order, such as a customer id, or the same constant everywhere for one order of all',
    );
  }
  return {
    ...resolveSendTime(options, queue, nowMs, option),
    ...(groupKey !== undefined && { groupKey }),
  };
}
