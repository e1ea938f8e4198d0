import type { MessageAttribute } from './queue-api.ts';

/** What a producer sent. It stays the same object when the message goes to another queue. */
export interface Content {
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly traceHeader: string | undefined;
  readonly senderId: string;
  readonly groupId: string | undefined;
}

/** A message's life in one queue: a dead-letter queue and a redrive start another one. */
export interface Message {
  readonly id: string;
  readonly content: Content;
  /** Counts the arrivals in this queue: the order within a FIFO group. */
  readonly arrival: number;
  readonly arrivedAtMs: number;
  /** Retention counts from here; in a standard dead-letter queue it is the time of the original send. */
  readonly sentAtMs: number;
  readonly deduplicationId: string | undefined;
  readonly deadLetterSourceArn: string | undefined;
  state: 'delayed' | 'visible' | 'inFlight';
  /** Receives in all queues so far. */
  receives: number;
  /** Receives in this queue: what the redrive policy compares, and what tells one receipt handle from the next. */
  receivesHere: number;
  firstReceivedAtMs: number | undefined;
  /** The latest receive. */
  receivedAtMs: number;
}
