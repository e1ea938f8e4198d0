import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { ENVELOPE_VERSION, type Envelope } from '../contract/envelope.ts';
import type { QueueConfig } from '../contract/environment.ts';
import { MAX_ENVELOPE_BYTES, SQS } from '../contract/limits.ts';
import { toMessageBody } from '../contract/message-body.ts';
import { newRunId, runIdOfKey } from '../contract/run-id.ts';
import type { TaskDefinition } from '../contract/task.ts';
import { runContext } from './run-context.ts';
import { type MessageOptions, resolveSendOptions, type SendOptions } from './send-options.ts';

/** A message about to go to its queue. */
export interface OutgoingMessage extends MessageOptions {
  readonly queue: QueueConfig;
  readonly envelope: Envelope;
  /** The envelope as the message's body. */
  readonly body: string;
  readonly bytes: number;
  /** @default the run's id and epoch */
  readonly deduplicationId?: string;
  readonly attributes?: Readonly<Record<string, MessageAttributeValue>>;
}

/** A run about to be sent, with nothing left in it that SQS or the consumer would refuse. */
export interface PreparedSend extends OutgoingMessage {
  readonly task: TaskDefinition;
  readonly createdAt: number;
}

/**
 * @param payload the input that the task's schema has accepted, in its JSON form: the consumer transforms it
 * @throws RangeError when an option is out of its range, or the envelope is too large for SQS
 */
export function prepareSend(
  task: TaskDefinition,
  queue: QueueConfig,
  payload: unknown,
  options: SendOptions,
  nowMs: number,
): PreparedSend {
  const messageOptions = resolveSendOptions(task.name, queue, options);
  const sender = runContext.getStore();
  const { idempotencyKey, traceparent = sender?.traceparent } = options;
  const envelope: Envelope = {
    v: ENVELOPE_VERSION,
    runId: idempotencyKey === undefined ? newRunId(nowMs) : runIdOfKey(task.name, idempotencyKey),
    epoch: 0,
    task: task.name,
    payload,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    depth: sender === undefined ? 0 : sender.depth + 1,
    ...(traceparent !== undefined && { traceparent }),
  };
  const body = toMessageBody(envelope);
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_ENVELOPE_BYTES) throw tooLarge(task.name, bytes);
  return { task, queue, envelope, body, bytes, createdAt: nowMs, ...messageOptions };
}

/** Which life of its run a message belongs to, and since which one its key is in use. */
export type Life = Pick<Envelope, 'epoch' | 'keyEpoch'>;

/** The same run in another life. Its body may grow by some digits; the dead letter's reserve has room for them. */
export function inLife(send: PreparedSend, { epoch, keyEpoch }: Life): PreparedSend {
  const envelope = { ...send.envelope, epoch, ...(keyEpoch !== undefined && { keyEpoch }) };
  return { ...send, envelope, body: toMessageBody(envelope) };
}

/** What SendMessage and an entry of SendMessageBatch have in common. */
export function toMessage(message: OutgoingMessage) {
  const { envelope, queue, body, delaySeconds, groupKey, attributes } = message;
  const { deduplicationId = `${envelope.runId}:${envelope.epoch}` } = message;
  return {
    MessageBody: body,
    ...(delaySeconds !== undefined && { DelaySeconds: delaySeconds }),
    ...(groupKey !== undefined && { MessageGroupId: groupKey }),
    ...(queue.fifo && { MessageDeduplicationId: deduplicationId }),
    ...(attributes && { MessageAttributes: attributes }),
  };
}

function tooLarge(task: string, bytes: number): RangeError {
  return new RangeError(
    `The message of task '${task}' has ${bytes} bytes, ${bytes - MAX_ENVELOPE_BYTES} more than the ` +
      `${MAX_ENVELOPE_BYTES} that can be sent (SQS's ${SQS.maxMessageBytes} less what a dead letter's reason needs). ` +
      'Store the payload, in S3 for one, and send its key; or send less',
  );
}
