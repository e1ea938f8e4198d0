import type { JsonObject } from '../json-value.ts';

/**
 * What the rest of the engine may do with a queue without going through HTTP: the event source mapping, alarms and
 * the test kit. Applications and handlers use the SQS API.
 */
export interface LocalQueue {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly fifo: boolean;
  /** As it is now: SetQueueAttributes may change it. */
  readonly visibilityTimeoutSeconds: number;
  /** Up to `max` messages (1 to 10), as ReceiveMessage with all attributes; they are in flight from then on. */
  receive(max: number): ReceivedMessage[];
  /** Deletes a message by the handle of its latest receive. */
  delete(receiptHandle: string): void;
  /** As ChangeMessageVisibility. */
  changeVisibility(receiptHandle: string, timeoutSeconds: number): void;
  /** Calls `listener` whenever `receive` might answer something that it did not before. Returns the unsubscriber. */
  onReceivable(listener: () => void): () => void;
  /** Exact at this moment: delays, visibility and retention that have passed are settled first. */
  counts(): QueueCounts;
}

/** A queue whose messages can outlive the engine. */
export interface SavableQueue extends LocalQueue {
  /** All messages and what a FIFO queue remembers of duplicates, as JSON. */
  save(): readonly JsonObject[];
  /** Takes in what `save` told, in a queue that has just been created. @throws StartError for other JSON. */
  restore(saved: readonly JsonObject[]): void;
}

export interface QueueCounts {
  /** `ApproximateNumberOfMessages` */
  readonly visible: number;
  /** `ApproximateNumberOfMessagesNotVisible` */
  readonly inFlight: number;
  /** `ApproximateNumberOfMessagesDelayed` */
  readonly delayed: number;
  /** `ApproximateAgeOfOldestMessage`; undefined when there is none. */
  readonly oldestAgeMs: number | undefined;
}

export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  /** System attributes by their SQS names: SentTimestamp, ApproximateReceiveCount, MessageGroupId, … */
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, MessageAttribute>>;
}

export interface MessageAttribute {
  readonly dataType: string;
  readonly stringValue?: string;
  readonly binaryValue?: Uint8Array;
}

/** A message that was sent to a queue. Neither what a redrive policy nor what a message move task brings. */
export interface SentMessage {
  readonly messageId: string;
  readonly queueUrl: string;
  readonly body: string;
  /** By the engine's clock, in milliseconds since the Unix epoch. */
  readonly sentAtMs: number;
  /** Its own; undefined where it has its queue's. */
  readonly delayMs: number | undefined;
}
