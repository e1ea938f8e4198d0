import { PriorityQueue } from '../priority-queue.ts';
import type { Message } from './message.ts';

/** The visible messages of a queue, in the order in which receives get them. */
export interface Line {
  /** Visible messages, those behind a locked FIFO group included. */
  readonly size: number;
  /** The message that a receive would get first. */
  first(): Message | undefined;
  /** A message has become visible. Returns whether a receive can get more than before. */
  add(message: Message): boolean;
  /** A visible message leaves otherwise than by `take`. */
  remove(message: Message): void;
  /** Takes messages out until `max` of them have been accepted. An accepted message locks its FIFO group. */
  take(max: number, accept: (message: Message) => boolean): Message[];
  /** A message that has been accepted before, in another life of the engine. */
  hold(message: Message): void;
  /** An accepted message is in flight no more. Returns whether a receive can get more than before. */
  release(message: Message): boolean;
}

/**
 * Standard queues promise no order. First visible, first received; a message that comes back goes to the end, so
 * that one which keeps failing does not hold up the others.
 */
export class StandardLine implements Line {
  readonly #messages = new PriorityQueue<Message>();

  get size(): number {
    return this.#messages.size;
  }

  first(): Message | undefined {
    return this.#messages.first();
  }

  add(message: Message): boolean {
    this.#messages.set(message, 0);
    return true;
  }

  remove(message: Message): void {
    this.#messages.delete(message);
  }

  take(max: number, accept: (message: Message) => boolean): Message[] {
    const taken: Message[] = [];
    while (taken.length < max) {
      const message = this.#messages.shift();
      if (message === undefined) break;
      if (accept(message)) taken.push(message);
    }
    return taken;
  }

  hold(): void {}

  release(): boolean {
    return false;
  }
}
