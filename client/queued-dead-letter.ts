import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import { type DeadLetterReason, parseDeadLetterReason } from '../contract/dead-letter.ts';
import { decodeMessage, type Envelope } from '../contract/envelope.ts';
import type { QueueConfig } from '../contract/environment.ts';
import type { RunItem } from '../contract/run-item.ts';
import { type DeadLetterFacts, factsOf } from './dead-letter-filter.ts';

/** A message in a dead-letter queue, received and not settled. */
export interface QueuedDeadLetter {
  readonly queue: QueueConfig;
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly envelope: Envelope;
  /** Why the body is no envelope; such a message can be sent back, and may be readable by another consumer. */
  readonly malformed: string | undefined;
  /** Whether it is a stranger's and says nothing of its identity. */
  readonly anonymous: boolean;
  /** Undefined for a message that SQS moved by itself. */
  readonly reason: DeadLetterReason | undefined;
  readonly groupKey: string | undefined;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  readonly sentAt: Date;
}

export function toQueuedDeadLetter(queue: QueueConfig, message: Message): QueuedDeadLetter {
  const { MessageId: messageId, ReceiptHandle: receiptHandle, Body: body = '', Attributes = {} } = message;
  if (messageId === undefined || receiptHandle === undefined) {
    throw new TypeError(`SQS answered a message of ${queue.deadLetterUrl} without its id or receipt handle`);
  }
  const { envelope, malformed, anonymous = false } = decodeMessage(body, messageId);
  return {
    queue,
    messageId,
    receiptHandle,
    body,
    envelope,
    malformed,
    anonymous,
    reason: parseDeadLetterReason(body),
    groupKey: Attributes.MessageGroupId,
    attributes: message.MessageAttributes ?? {},
    sentAt: new Date(Number(Attributes.SentTimestamp)),
  };
}

/** Why it is here, by its own reason or, for a copy of a message whose run was given up, by the run's. */
export function factsOfLetter(
  { envelope, reason, body }: QueuedDeadLetter,
  item: RunItem | undefined,
): DeadLetterFacts {
  const { task, epoch } = envelope;
  if (reason) return { task, cause: reason.cause, error: reason.error, atMs: reason.at, body };
  if (item?.status === 'deadLettered' && item.epoch === epoch) return { ...factsOf(item), body };
  return { task, cause: undefined, error: undefined, atMs: undefined, body };
}
