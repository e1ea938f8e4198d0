import type { Envelope } from '../contract/envelope.ts';
import type { QueueConfig } from '../contract/environment.ts';
import { SQS } from '../contract/limits.ts';
import { toMessageBody } from '../contract/message-body.ts';
import { withBody } from './large-payload.ts';
import type { OutgoingMessage } from './prepared-send.ts';
import type { QueuedDeadLetter } from './queued-dead-letter.ts';

/** The message that brings a letter's run back to its queue. */
export interface LetterRedrive extends OutgoingMessage {
  readonly letter: QueuedDeadLetter;
}

export function redriveLetter(letter: QueuedDeadLetter, epoch: number): LetterRedrive {
  const { queue, reason, groupKey } = letter;
  const { payload, ...frame } = letter.envelope;
  const envelope = { ...frame, epoch };
  return {
    letter,
    queue,
    ...withBody(envelope, bodyOf(letter, { ...envelope, payload })),
    ...(groupKey !== undefined && { groupKey }),
    // Not the run's id and epoch: SQS takes the same one again within five minutes, and drops the message. A run that
    // SQS dead-lettered soon after a redrive would be lost with its letter. A letter that is sent twice has one id.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
    deduplicationId: `${letter.messageId}:${epoch}`,
    ...(reason === undefined && hasAttributes(letter) && { attributes: letter.attributes }),
  };
}

/**
 * A stranger's message without an id goes back with the message id that it had: SQS gives what is sent again a new one,
 * so a second copy would be a second run. It stays a stranger's, for its task may know a key for it. Where that does
 * not fit, and where the body is no envelope, it goes as it is.
 */
function bodyOf(
  { malformed, anonymous, reason, body, envelope: { epoch } }: QueuedDeadLetter,
  envelope: Envelope,
): string {
  const asItIs = reason === undefined && epoch === envelope.epoch;
  if (asItIs && malformed !== undefined) return body;
  const { task, payload, runId: messageId } = envelope;
  const whole = toMessageBody(asItIs && anonymous ? { task, payload, messageId } : envelope);
  return asItIs && Buffer.byteLength(whole) > SQS.maxMessageBytes ? body : whole;
}

const hasAttributes = ({ attributes }: QueuedDeadLetter) => Object.keys(attributes).length > 0;

/** The message that brings a run back without its letter. On a FIFO queue its group must be known. */
export function redriveEnvelope(
  queue: QueueConfig,
  envelope: Envelope,
  groupKey: string | undefined,
): OutgoingMessage {
  const { payload: _, ...frame } = envelope;
  return {
    queue,
    ...withBody(frame, toMessageBody(envelope)),
    ...(groupKey !== undefined && { groupKey }),
  };
}
