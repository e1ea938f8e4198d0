import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { formatDuration } from '../contract/duration.ts';
import { ENVELOPE_VERSION, type Envelope, type EnvelopeFrame } from '../contract/envelope.ts';
import type { QueueConfig } from '../contract/environment.ts';
import { hideContextAttributes } from '../contract/firing.ts';
import { SCHEDULER } from '../contract/limits.ts';
import { newRunId, runIdOfKey } from '../contract/run-id.ts';
import type { TaskDefinition } from '../contract/task.ts';
import { type PackedEnvelope, pack, repack } from './large-payload.ts';
import { runContext } from './run-context.ts';
import { type MessageOptions, resolveSendOptions, type SendOptions } from './send-options.ts';

/** A message about to go to its queue. */
export interface OutgoingMessage extends MessageOptions, PackedEnvelope {
  readonly queue: QueueConfig;
  /** @default the run's id and epoch */
  readonly deduplicationId?: string;
  readonly attributes?: Readonly<Record<string, MessageAttributeValue>>;
}

/** A run about to be sent, with nothing left in it that SQS or the consumer would refuse. */
export interface PreparedSend extends OutgoingMessage {
  readonly task: TaskDefinition;
  /** Within the body, or where the body's reference says. */
  readonly payloadJson: string;
  readonly createdAt: number;
}

/**
 * @param payloadJson the input that the task's schema has accepted: the consumer transforms it
 * @throws RangeError when an option is out of its range, or the envelope is too large for SQS
 */
export function prepareSend(
  task: TaskDefinition,
  queue: QueueConfig,
  payloadJson: string,
  options: SendOptions,
  nowMs: number,
): PreparedSend {
  const messageOptions = resolveSendOptions(task.name, queue, options, nowMs);
  refuseOverAge(task, messageOptions.delaySeconds);
  const sender = runContext.getStore();
  const { idempotencyKey, traceparent = sender?.traceparent } = options;
  const envelope: EnvelopeFrame = {
    v: ENVELOPE_VERSION,
    runId: idempotencyKey === undefined ? newRunId(nowMs) : runIdOfKey(task.name, idempotencyKey),
    epoch: 0,
    task: task.name,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    depth: sender === undefined ? 0 : sender.depth + 1,
    ...(traceparent !== undefined && { traceparent }),
  };
  const packed = pack(envelope, payloadJson, queue);
  if (messageOptions.byScheduler) refuseTooLargeInput(task.name, packed);
  return { task, queue, payloadJson, createdAt: nowMs, ...packed, ...messageOptions };
}

/** Which life of its run a message belongs to, and since which one its key is in use. */
export type Life = Pick<Envelope, 'epoch' | 'keyEpoch'>;

/** The same run in another life. Its body may grow by some digits; the dead letter's reserve has room for them. */
export function inLife(send: PreparedSend, { epoch, keyEpoch }: Life): PreparedSend {
  const envelope = { ...send.envelope, epoch, ...(keyEpoch !== undefined && { keyEpoch }) };
  return { ...send, ...repack(envelope, send.payloadJson) };
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

/** A delay in the queue counts: SQS tells when a message was sent, and not when it became visible. */
function refuseOverAge({ name, policy: { maxAgeMs } }: TaskDefinition, delaySeconds = 0): void {
  if (maxAgeMs === undefined || delaySeconds * 1000 < maxAgeMs) return;
  throw new RangeError(
    `task '${name}': delay must be below the task's maxAge of ${formatDuration(maxAgeMs)}, or the run is too old when it ` +
      `comes, got ${delaySeconds} s; raise maxAge, or send nearer to the time`,
  );
}

/** The payload bucket is no way out: it would have deleted the object before a late run begins. */
function refuseTooLargeInput(task: string, { body, bytes, largePayload }: PackedEnvelope): void {
  const inputBytes = largePayload
    ? bytes + Buffer.byteLength(largePayload)
    : Buffer.byteLength(hideContextAttributes(body));
  if (inputBytes <= SCHEDULER.maxInputBytes) return;
  throw new RangeError(
    `The message of task '${task}' has ${inputBytes} bytes, ${inputBytes - SCHEDULER.maxInputBytes} more than the ` +
      `${SCHEDULER.maxInputBytes} that EventBridge Scheduler can hold until its time. Store the payload, in S3 for one, ` +
      'and send its key; or send less',
  );
}
