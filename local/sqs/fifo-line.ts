import { PriorityQueue } from '../priority-queue.ts';
import type { Line } from './line.ts';
import type { Message } from './message.ts';

/**
 * Order holds within a message group: while a message of a group is in flight, nothing more of the group is received.
 * One receive takes as many messages of a group as it can, then goes on to the next group.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 */
export class FifoLine implements Line {
  /** Groups with messages that are visible or in flight. */
  readonly #groups = new Map<string, Group>();
  /** Groups with visible messages and none in flight: first unlocked, first received. */
  readonly #unlocked = new PriorityQueue<Group>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  first(): Message | undefined {
    return this.#unlocked.first()?.visible.first();
  }

  add(message: Message): boolean {
    const group = this.#groupOf(message);
    group.visible.set(message, message.arrival);
    this.#size += 1;
    return this.#settle(group);
  }

  remove(message: Message): void {
    const group = this.#groupOf(message);
    if (group.visible.delete(message)) this.#size -= 1;
    this.#settle(group);
  }

  take(max: number, accept: (message: Message) => boolean): Message[] {
    const taken: Message[] = [];
    while (taken.length < max) {
      const group = this.#unlocked.shift();
      if (group === undefined) break;
      while (taken.length < max) {
        const message = group.visible.shift();
        if (message === undefined) break;
        this.#size -= 1;
        if (!accept(message)) continue;
        group.inFlight += 1;
        taken.push(message);
      }
      this.#settle(group);
    }
    return taken;
  }

  hold(message: Message): void {
    const group = this.#groupOf(message);
    group.inFlight += 1;
    this.#settle(group);
  }

  release(message: Message): boolean {
    const group = this.#groupOf(message);
    group.inFlight -= 1;
    return this.#settle(group);
  }

  #groupOf(message: Message): Group {
    const id = message.content.groupId ?? '';
    const group = this.#groups.get(id) ?? { id, visible: new PriorityQueue(), inFlight: 0 };
    this.#groups.set(id, group);
    return group;
  }

  /** Puts the group where its messages say it belongs. Returns whether it is unlocked. */
  #settle(group: Group): boolean {
    if (group.inFlight === 0 && group.visible.size > 0) {
      if (!this.#unlocked.has(group)) this.#unlocked.set(group, 0);
      return true;
    }
    this.#unlocked.delete(group);
    if (group.inFlight === 0) this.#groups.delete(group.id);
    return false;
  }
}

interface Group {
  readonly id: string;
  readonly visible: PriorityQueue<Message>;
  inFlight: number;
}
