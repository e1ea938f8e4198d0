import type { DeadLetterReason } from '../contract/dead-letter.ts';
import type { ObjectRef } from '../contract/object-ref.ts';
import type { TaskDefinition } from '../contract/task.ts';
import type { ClientContext } from './client-context.ts';
import { findQueue } from './find-queue.ts';
import type { QueuedDeadLetter } from './queued-dead-letter.ts';
import { walkDeadLetters } from './walk-dead-letters.ts';

export interface ReadDeadLetterQueueOptions {
  /**
   * Messages, 1 to 1000.
   * @default 50
   */
  readonly limit?: number;
}

/** A message as it lies in a dead-letter queue. */
export interface DeadLetterMessage {
  readonly messageId: string;
  readonly runId: string;
  readonly task: string;
  /** The life that the message's redrive begins, or, when SQS moved it, the one that it belongs to. */
  readonly epoch: number;
  readonly payload: unknown;
  /** In place of the payload, when that lies in the payload bucket: at `<queue name>/<run id>/<epoch>-<sha256>`. */
  readonly payloadRef?: ObjectRef;
  /** When it came into this queue or, when SQS moved it, into the task queue. */
  readonly sentAt: Date;
  /** Absent when SQS moved the message by itself, after `maxReceiveCount` receives. */
  readonly reason?: DeadLetterReason;
  /** Why the body cannot be read as a task's message. */
  readonly malformed?: string;
  readonly body: string;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1000;

export async function readDeadLetterQueue(
  context: ClientContext,
  task: Pick<TaskDefinition, 'name'>,
  { limit = DEFAULT_LIMIT }: ReadDeadLetterQueueOptions = {},
): Promise<readonly DeadLetterMessage[]> {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new RangeError(
      `limit must be a whole number from 1 to ${MAX_LIMIT}, got ${limit}; all that is older is in listDeadLetters`,
    );
  }
  const messages: DeadLetterMessage[] = [];
  await walkDeadLetters(context, { queue: findQueue(context.queues, task.name) }, async letters => {
    messages.push(...letters.map(toMessage));
    return { done: messages.length >= limit };
  });
  return messages.slice(0, limit);
}

function toMessage({ messageId, envelope, sentAt, reason, malformed, body }: QueuedDeadLetter) {
  const { runId, task, epoch, payload, payloadRef } = envelope;
  const message = { messageId, runId, task, epoch, payload, sentAt, body };
  return {
    ...message,
    ...(payloadRef && { payloadRef }),
    ...(reason && { reason }),
    ...(malformed !== undefined && { malformed }),
  };
}
