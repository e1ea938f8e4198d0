import type { EnvelopeFrame } from '../contract/envelope.ts';
import type { QueueConfig } from '../contract/environment.ts';
import { MAX_ENVELOPE_BYTES, MAX_OBJECT_BYTES, SQS } from '../contract/limits.ts';
import { joinMessageBody, toMessageBody } from '../contract/message-body.ts';
import { refTo } from '../contract/object-ref.ts';
import { type ClientContext, objectsOf } from './client-context.ts';

/** An envelope as it is sent. */
export interface PackedEnvelope {
  readonly envelope: EnvelopeFrame;
  /** The envelope and its payload as the message's body. */
  readonly body: string;
  readonly bytes: number;
  /** The payload, when the envelope only refers to it: to be stored before the message is sent. */
  readonly largePayload?: string;
}

/**
 * Puts the payload beside the envelope when the two do not fit into a message.
 *
 * @throws RangeError when they do not, and the queue has no bucket for it; or the payload is too large for that, too
 */
export function pack(envelope: EnvelopeFrame, payloadJson: string, queue: QueueConfig): PackedEnvelope {
  const whole = withBody(envelope, joinMessageBody(envelope, payloadJson));
  if (whole.bytes <= MAX_ENVELOPE_BYTES) return whole;
  if (queue.payloads === undefined) throw tooLarge(envelope.task, whole.bytes);
  const payloadRef = refTo(payloadJson, envelope.epoch);
  if (payloadRef.bytes > MAX_OBJECT_BYTES) throw tooLargeForBucket(envelope.task, payloadRef.bytes);
  return refer({ ...envelope, payloadRef }, payloadJson);
}

/** The same in another life: what is stored belongs to the life that it is stored for. */
export function repack(envelope: EnvelopeFrame, payloadJson: string): PackedEnvelope {
  const { payloadRef, epoch } = envelope;
  return payloadRef
    ? refer({ ...envelope, payloadRef: { ...payloadRef, epoch } }, payloadJson)
    : withBody(envelope, joinMessageBody(envelope, payloadJson));
}

function refer(envelope: EnvelopeFrame, largePayload: string): PackedEnvelope {
  return { ...withBody(envelope, toMessageBody(envelope)), largePayload };
}

/** An envelope with the body that carries it. */
export function withBody(envelope: EnvelopeFrame, body: string) {
  return { envelope, body, bytes: Buffer.byteLength(body) };
}

/** Comes before the message: who dies between the two leaves an object that the bucket's lifecycle removes. */
export async function storeLargePayload(
  context: ClientContext,
  queue: QueueConfig,
  { envelope: { runId, payloadRef }, largePayload }: Pick<PackedEnvelope, 'envelope' | 'largePayload'>,
): Promise<void> {
  if (largePayload === undefined || payloadRef === undefined) return;
  await objectsOf(context, queue).put(runId, payloadRef, largePayload);
}

function tooLarge(task: string, bytes: number): RangeError {
  return new RangeError(
    `The message of task '${task}' has ${bytes} bytes, ${bytes - MAX_ENVELOPE_BYTES} more than the ` +
      `${MAX_ENVELOPE_BYTES} that can be sent (SQS's ${SQS.maxMessageBytes} less what a dead letter's reason needs). ` +
      'Give the TaskQueue a payloadBucket, which takes what is larger; or send less',
  );
}

function tooLargeForBucket(task: string, bytes: number): RangeError {
  return new RangeError(
    `The payload of task '${task}' has ${bytes} bytes, at most ${MAX_OBJECT_BYTES} can be sent by the payload bucket: ` +
      'the consumer holds it in memory several times over. Store it yourself, and send its key',
  );
}
