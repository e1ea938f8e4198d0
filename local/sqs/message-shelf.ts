import type { Clock, Timer } from '../clock.ts';
import { PriorityQueue } from '../priority-queue.ts';
import type { Line } from './line.ts';
import type { Message } from './message.ts';
import type { QueueCounts } from './queue-api.ts';

/**
 * Messages received and neither deleted nor visible again, at most.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-fifo.html
 */
const MAX_IN_FLIGHT = 120_000;

/**
 * A message received this often no longer counts for the age of the oldest message.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
const RECEIVES_OF_A_POISON_PILL = 3;

/**
 * Where the messages of a queue are: delayed, visible, in flight, or gone. Delays, visibility and retention end by
 * one timer, armed for whichever is due next; what has passed is also settled before every answer, so that nothing
 * depends on the timer being on time.
 */
export class MessageShelf {
  readonly #clock: Clock;
  readonly #line: Line;
  readonly #retentionMs: () => number;
  readonly #announce: () => void;
  readonly #messages = new Map<string, Message>();
  /** Delayed and in-flight messages, by when they become visible. */
  readonly #due = new PriorityQueue<Message>();
  readonly #bySend = new PriorityQueue<Message>();
  /** By arrival, without poison pills. */
  readonly #byAge = new PriorityQueue<Message>();
  #inFlight = 0;
  #timer: Timer | undefined;
  #timerDueAtMs = Number.POSITIVE_INFINITY;

  /** `announce` is called whenever `take` might answer something that it did not before. */
  constructor(options: { clock: Clock; line: Line; retentionMs: () => number; announce: () => void }) {
    this.#clock = options.clock;
    this.#line = options.line;
    this.#retentionMs = options.retentionMs;
    this.#announce = options.announce;
  }

  get isFull(): boolean {
    this.settle();
    return this.#inFlight >= MAX_IN_FLIGHT;
  }

  get(id: string): Message | undefined {
    this.settle();
    return this.#messages.get(id);
  }

  firstVisible(): Message | undefined {
    this.settle();
    return this.#line.first();
  }

  add(message: Message, delayMs: number): void {
    this.#messages.set(message.id, message);
    this.#bySend.set(message, message.sentAtMs);
    this.#byAge.set(message, message.arrivedAtMs);
    this.#due.set(message, message.arrivedAtMs + delayMs);
    this.settle();
  }

  /** Every message with when it becomes visible; undefined for one that is. */
  all(): readonly { readonly message: Message; readonly dueAtMs: number | undefined }[] {
    this.settle();
    return [...this.#messages.values()].map(message => ({ message, dueAtMs: this.#due.keyOf(message) }));
  }

  /** Puts back what `all` told, in another life of the engine. */
  restore(message: Message, dueAtMs = this.#clock.now()): void {
    this.#messages.set(message.id, message);
    this.#bySend.set(message, message.sentAtMs);
    if (message.receivesHere < RECEIVES_OF_A_POISON_PILL) this.#byAge.set(message, message.arrivedAtMs);
    this.#due.set(message, dueAtMs);
    if (message.state === 'inFlight') {
      this.#inFlight += 1;
      this.#line.hold(message);
    }
    this.settle();
  }

  /** Visible messages go in flight for `hideMs`. One that `accept` refuses leaves the queue: it has gone elsewhere. */
  take(max: number, hideMs: number, accept: (message: Message) => boolean): Message[] {
    this.settle();
    const taken = this.#line.take(Math.min(max, MAX_IN_FLIGHT - this.#inFlight), message => {
      const accepted = accept(message);
      if (!accepted) this.#forget(message);
      return accepted;
    });
    this.#inFlight += taken.length;
    for (const message of taken) {
      message.state = 'inFlight';
      if (message.receivesHere >= RECEIVES_OF_A_POISON_PILL) this.#byAge.delete(message);
      this.#due.set(message, this.#clock.now() + hideMs);
    }
    this.settle();
    return taken;
  }

  /** Hides a message that is in flight for this long from now; 0 makes it visible. */
  hide(message: Message, hideMs: number): void {
    this.#due.set(message, this.#clock.now() + hideMs);
    this.settle();
  }

  remove(message: Message): void {
    this.#discard(message);
    this.settle();
  }

  /** Gives all delayed messages another delay, counted from their arrival. */
  changeDelay(delayMs: number): void {
    for (const message of this.#messages.values()) {
      if (message.state === 'delayed') this.#due.set(message, message.arrivedAtMs + delayMs);
    }
    this.settle();
  }

  clear(): void {
    for (const message of [...this.#messages.values()]) this.remove(message);
  }

  counts(): QueueCounts {
    this.settle();
    return {
      visible: this.#line.size,
      inFlight: this.#inFlight,
      delayed: this.#due.size - this.#inFlight,
      oldestAgeMs: this.#byAge.size === 0 ? undefined : this.#clock.now() - this.#byAge.firstKey(),
    };
  }

  /** Lets everything happen that is due by now. */
  settle(): void {
    const now = this.#clock.now();
    while (this.#due.firstKey() <= now) this.#reveal(this.#due.shift());
    // Retention's end deletes a message wherever it is, and never dead-letters it.
    while (this.#bySend.firstKey() + this.#retentionMs() <= now) this.#discard(this.#bySend.shift());
    this.#arm(Math.min(this.#due.firstKey(), this.#bySend.firstKey() + this.#retentionMs()));
  }

  #arm(dueAtMs: number): void {
    if (dueAtMs === this.#timerDueAtMs) return;
    this.#timer?.cancel();
    this.#timerDueAtMs = dueAtMs;
    this.#timer = undefined;
    if (dueAtMs === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#clock.setTimer(() => {
      this.#timerDueAtMs = Number.POSITIVE_INFINITY;
      this.settle();
    }, dueAtMs - this.#clock.now());
  }

  #reveal(message: Message | undefined): void {
    if (message === undefined) return;
    if (message.state === 'inFlight') this.#leaveFlight(message);
    message.state = 'visible';
    if (this.#line.add(message)) this.#announce();
  }

  #discard(message: Message | undefined): void {
    if (message === undefined) return;
    if (message.state === 'visible') this.#line.remove(message);
    this.#forget(message);
    if (message.state === 'inFlight') this.#leaveFlight(message);
  }

  #forget(message: Message): void {
    this.#messages.delete(message.id);
    this.#due.delete(message);
    this.#bySend.delete(message);
    this.#byAge.delete(message);
  }

  #leaveFlight(message: Message): void {
    const wasFull = this.#inFlight >= MAX_IN_FLIGHT;
    this.#inFlight -= 1;
    const unlocked = this.#line.release(message);
    if (unlocked || (wasFull && this.#line.size > 0)) this.#announce();
  }
}
