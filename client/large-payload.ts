import type { Envelope } from '../contract/envelope.ts';
import type { QueueConfig } from '../contract/environment.ts';
import { MAX_ENVELOPE_BYTES, MAX_OBJECT_BYTES, SQS } from '../contract/limits.ts';
import { toMessageBody } from '../contract/message-body.ts';
import { refTo } from '../contract/object-ref.ts';
import { type ClientContext, objectsOf } from './client-context.ts';

/** An envelope as it is sent. */
export interface PackedEnvelope {
  readonly envelope: Envelope;
  /** The envelope as the message's body. */
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
export function pack(envelope: Envelope, queue: QueueConfig): PackedEnvelope {
  const body = toMessageBody(envelope);
  const bytes = Buffer.byteLength(body);
  if (bytes <= MAX_ENVELOPE_BYTES) return { envelope, body, bytes };
  if (queue.payloads === undefined) throw tooLarge(envelope.task, bytes);
  const largePayload = JSON.stringify(envelope.payload);
  const payloadRef = refTo(largePayload, envelope.epoch);
  if (payloadRef.bytes > MAX_OBJECT_BYTES) throw tooLargeForBucket(envelope.task, payloadRef.bytes);
  return { ...refer({ ...envelope, payload: undefined, payloadRef }), largePayload };
}

/** The same in another life: what is stored belongs to the life that it is stored for. */
export function repack(packed: PackedEnvelope, envelope: Envelope): PackedEnvelope {
  const { largePayload } = packed;
  const { payloadRef, epoch } = envelope;
  if (largePayload === undefined || payloadRef === undefined) return refer(envelope);
  return { ...refer({ ...envelope, payloadRef: { ...payloadRef, epoch } }), largePayload };
}

function refer(envelope: Envelope) {
  const body = toMessageBody(envelope);
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
