import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { QueueConfig } from '../contract/environment.ts';
import { SQS } from '../contract/limits.ts';
import type { ClientContext } from './client-context.ts';
import { type QueuedDeadLetter, toQueuedDeadLetter } from './queued-dead-letter.ts';

export interface WalkOptions {
  readonly queue: QueueConfig;
  /** Letters of one visit, 1 to 10. */
  readonly batchSize?: number;
  /** Ends the walk between two visits. */
  readonly signal?: AbortSignal | undefined;
}

/** What a visit made of its letters. */
export interface Visit {
  /** To be deleted now; the others become visible again when the walk ends. */
  readonly remove?: readonly QueuedDeadLetter[];
  /** Whether nothing more is wanted. */
  readonly done?: boolean;
}

/**
 * How long a received letter is hidden: only as long as the walk lasts, which makes it visible again; this is for a
 * walk whose process dies. A longer walk meets letters again and knows them.
 */
const HIDDEN_SECONDS = 600;

/** Below the 120,000 messages that a queue allows in flight, and what a walk's memory is bounded by. */
const MAX_HELD = 100_000;

/**
 * Shows each letter of a dead-letter queue to `visit`, once, and deletes what it wants removed. On a FIFO queue a
 * letter that is kept bars those behind it in its group, but for the at most ten that come in one batch with it.
 */
export async function walkDeadLetters(
  context: ClientContext,
  { queue, batchSize = SQS.maxBatchEntries, signal }: WalkOptions,
  visit: (letters: readonly QueuedDeadLetter[]) => Promise<Visit>,
): Promise<void> {
  /** Receipt handles by message id. Neither bodies nor envelopes: there may be tens of thousands. */
  const held = new Map<string, string>();
  try {
    while (held.size < MAX_HELD && !signal?.aborted) {
      const received = await receive(context, queue, batchSize);
      if (received.length === 0) return;
      const unseen = received.filter(({ messageId }) => !held.has(messageId));
      for (const { messageId, receiptHandle } of received) held.set(messageId, receiptHandle);
      if (unseen.length === 0) continue;
      const { remove = [], done = false } = await visit(unseen);
      await deleteLetters(context, queue, remove);
      for (const { messageId } of remove) held.delete(messageId);
      if (done) return;
    }
  } finally {
    await release(context, queue, [...held.values()]);
  }
}

async function receive({ sqs }: ClientContext, queue: QueueConfig, batchSize: number) {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queue.deadLetterUrl,
      MaxNumberOfMessages: batchSize,
      VisibilityTimeout: HIDDEN_SECONDS,
      // Only a long poll asks all of SQS's servers: a short one may answer nothing while there are messages.
      // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ['MessageGroupId', 'SentTimestamp'],
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages.map(message => toQueuedDeadLetter(queue, message));
}

/** A letter that SQS does not delete comes again, and is stale by then. */
async function deleteLetters(
  { sqs }: ClientContext,
  queue: QueueConfig,
  letters: readonly QueuedDeadLetter[],
) {
  if (letters.length === 0) return;
  const Entries = letters.map(({ receiptHandle }, index) => ({
    Id: String(index),
    ReceiptHandle: receiptHandle,
  }));
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queue.deadLetterUrl, Entries }));
}

const RELEASES_IN_FLIGHT = 4;

/** Must not throw, for it would replace what ended the walk. A letter whose handle has run out is visible already. */
async function release(
  { sqs, warn }: ClientContext,
  queue: QueueConfig,
  handles: readonly string[],
): Promise<void> {
  const batches = Array.from({ length: Math.ceil(handles.length / SQS.maxBatchEntries) }, (_, index) =>
    handles.slice(index * SQS.maxBatchEntries, (index + 1) * SQS.maxBatchEntries),
  ).values();
  const releaseBatches = async () => {
    for (const batch of batches) {
      const Entries = batch.map((ReceiptHandle, index) => ({
        Id: String(index),
        ReceiptHandle,
        VisibilityTimeout: 0,
      }));
      await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queue.deadLetterUrl, Entries }));
    }
  };
  try {
    await Promise.all(Array.from({ length: RELEASES_IN_FLIGHT }, releaseBatches));
  } catch (cause) {
    const note = `Letters of ${queue.deadLetterUrl} stay hidden for up to ${HIDDEN_SECONDS} s: they could not be released`;
    warn(new Error(note, { cause }));
  }
}
