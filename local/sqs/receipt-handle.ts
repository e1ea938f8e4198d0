import type { Message } from './message.ts';
import { SqsError } from './sqs-error.ts';

/** Which receive of which message in which queue, opaque to callers. */
export function receiptHandleOf(queueArn: string, message: Message): string {
  return Buffer.from(`${queueArn} ${message.id} ${message.receivesHere}`).toString('base64');
}

/** Throws `ReceiptHandleIsInvalid` for what this queue cannot have handed out. */
export function readReceiptHandle(queueArn: string, handle: string): { messageId: string; receive: number } {
  const [arn, messageId, receive, ...rest] = Buffer.from(handle, 'base64').toString().split(' ');
  if (arn !== queueArn || messageId === undefined || !/^\d+$/.test(receive ?? '') || rest.length > 0) {
    throw new SqsError(
      'ReceiptHandleIsInvalid',
      `The input receipt handle "${handle}" is not a valid receipt handle.`,
    );
  }
  return { messageId, receive: Number(receive) };
}
