import { type MessageAttributeValue, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type DeadLetterReason, toDeadLetter } from '../contract/dead-letter.ts';
import type { Envelope } from '../contract/envelope.ts';
import { SQS } from '../contract/limits.ts';
import { toMessageBody } from '../contract/message-body.ts';

/** Where the letter belongs on a FIFO dead-letter queue; undefined on a standard one. */
export type MessageGroup = string | undefined;

/**
 * Sends a run's dead letter to the dead-letter queue.
 *
 * @throws when SQS does not take it; then the message must not be acknowledged. A letter that no shortening makes fit
 * (a foreign message of nearly 1 MiB) fails always, until SQS's own redrive policy moves the message whole.
 */
export async function sendDeadLetter(
  sqs: SQSClient,
  queueUrl: string,
  envelope: Envelope,
  reason: DeadLetterReason,
  group: MessageGroup,
): Promise<void> {
  const attributes = toAttributes(envelope, reason);
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: fitBody(envelope, reason, sizeOf(attributes)),
      MessageAttributes: attributes,
      ...(group !== undefined && {
        MessageGroupId: group,
        MessageDeduplicationId: `${envelope.runId}:${envelope.epoch + 1}`,
      }),
    }),
  );
}

/** The whole reason where it fits; else without stack and causes. */
function fitBody(envelope: Envelope, reason: DeadLetterReason, attributeBytes: number): string {
  const whole = toMessageBody(toDeadLetter(envelope, reason));
  if (Buffer.byteLength(whole) + attributeBytes <= SQS.maxMessageBytes) return whole;
  const { name, message } = reason.error;
  return toMessageBody(
    toDeadLetter(envelope, { ...reason, error: { name, message: message.slice(0, 100) } }),
  );
}

/** What an operator sees beside the body in the console. */
function toAttributes(envelope: Envelope, reason: DeadLetterReason): Record<string, MessageAttributeValue> {
  const values = {
    task: envelope.task,
    runId: envelope.runId,
    cause: reason.cause,
    errorName: reason.error.name,
    attempts: String(reason.attempts),
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      { DataType: 'String', StringValue: toAttributeValue(value) },
    ]),
  );
}

/** An attribute's value may not be empty, and refuses what a body refuses. Task names of strangers may hold anything. */
function toAttributeValue(value: string): string {
  return value.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, '?') || '-';
}

function sizeOf(attributes: Record<string, MessageAttributeValue>): number {
  return Object.entries(attributes).reduce(
    (bytes, [name, { DataType = '', StringValue = '' }]) =>
      bytes + Buffer.byteLength(name) + Buffer.byteLength(DataType) + Buffer.byteLength(StringValue),
    0,
  );
}
