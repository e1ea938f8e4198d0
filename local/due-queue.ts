import type { Clock, Timer } from './clock.ts';
import { PriorityQueue } from './priority-queue.ts';

/** Things that are due at times of their own, however many, on one timer. */
export class DueQueue<T> {
  readonly #clock: Clock;
  readonly #onDue: (item: T, dueAtMs: number) => void;
  readonly #items = new PriorityQueue<T>();
  #timer: Timer | undefined;
  #timerDueAtMs = Number.POSITIVE_INFINITY;

  /** @param onDue called once for each item when it is due; it is not in the queue any more then. */
  constructor(clock: Clock, onDue: (item: T, dueAtMs: number) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Adds the item, or gives it this time instead of the one it had. What is past is due at once, not in this call. */
  set(item: T, dueAtMs: number): void {
    this.#items.set(item, dueAtMs);
    this.#arm();
  }

  delete(item: T): void {
    this.#items.delete(item);
    this.#arm();
  }

  dueAtMs(item: T): number | undefined {
    return this.#items.keyOf(item);
  }

  stop(): void {
    this.#timer?.cancel();
    while (this.#items.size > 0) this.#items.shift();
  }

  #arm(): void {
    const dueAtMs = this.#items.firstKey();
    if (dueAtMs === this.#timerDueAtMs) return;
    this.#timer?.cancel();
    this.#timerDueAtMs = dueAtMs;
    this.#timer = Number.isFinite(dueAtMs)
      ? this.#clock.setTimer(() => this.#fire(), Math.max(0, dueAtMs - this.#clock.now()))
      : undefined;
  }

  #fire(): void {
    this.#timerDueAtMs = Number.POSITIVE_INFINITY;
    for (
      let dueAtMs = this.#items.firstKey();
      dueAtMs <= this.#clock.now();
      dueAtMs = this.#items.firstKey()
    ) {
      const item = this.#items.shift();
      if (item !== undefined) this.#onDue(item, dueAtMs);
    }
    this.#arm();
  }
}
