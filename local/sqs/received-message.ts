import type { Message as SqsMessage } from '@aws-sdk/client-sqs';
import type { Message } from './message.ts';
import type { ReceivedMessage } from './queue-api.ts';
import { receiptHandleOf } from './receipt-handle.ts';

/** A message as its latest receive shows it, with all its attributes. */
export function receivedMessage(queue: { arn: string; fifo: boolean }, message: Message): ReceivedMessage {
  const { content } = message;
  const attributes = {
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMs),
    ApproximateReceiveCount: String(message.receives),
    SenderId: content.senderId,
    SentTimestamp: String(message.sentAtMs),
    ...(content.traceHeader !== undefined && { AWSTraceHeader: content.traceHeader }),
    ...(content.groupId !== undefined && { MessageGroupId: content.groupId }),
    ...(message.deduplicationId !== undefined && { MessageDeduplicationId: message.deduplicationId }),
    ...(queue.fifo && { SequenceNumber: sequenceNumberOf(message) }),
    ...(message.deadLetterSourceArn !== undefined && {
      DeadLetterQueueSourceArn: message.deadLetterSourceArn,
    }),
  } satisfies SqsMessage['Attributes'];
  return {
    messageId: message.id,
    receiptHandle: receiptHandleOf(queue.arn, message),
    body: content.body,
    md5OfBody: content.md5OfBody,
    attributes,
    messageAttributes: content.attributes,
  };
}

/** Of 20 digits and growing within a queue, as AWS's are; not consecutive, so that nobody counts on it. */
export function sequenceNumberOf(message: Message): string {
  return String(18_800_000_000_000_000_000n + BigInt(message.arrival) * 256n);
}
