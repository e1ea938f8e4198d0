import type { Clock } from '../clock.ts';
import { PriorityQueue } from '../priority-queue.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html */
const DEDUPLICATION_WINDOW_MS = 5 * 60 * 1000;

/**
 * What a FIFO queue remembers of each deduplication id for five minutes, whatever becomes of the message. A
 * duplicate does not start the window again.
 */
export class Deduplication<T> {
  readonly #clock: Clock;
  readonly #sent = new Map<string, T>();
  readonly #byEnd = new PriorityQueue<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  find(key: string): T | undefined {
    while (this.#byEnd.firstKey() <= this.#clock.now()) this.#sent.delete(this.#byEnd.shift() ?? '');
    return this.#sent.get(key);
  }

  remember(key: string, value: T, endsAtMs = this.#clock.now() + DEDUPLICATION_WINDOW_MS): void {
    this.#sent.set(key, value);
    this.#byEnd.set(key, endsAtMs);
  }

  all(): readonly { readonly key: string; readonly value: T; readonly endsAtMs: number }[] {
    return [...this.#sent].map(([key, value]) => ({ key, value, endsAtMs: this.#byEnd.keyOf(key) ?? 0 }));
  }
}
