import type { Clock } from '../clock.ts';
import { DueQueue } from '../due-queue.ts';
import { type Failure, failureOf, isRetryable } from './failure.ts';

/** Something on its way to a target. `Work` is what to send where. */
export interface Delivery<Work> {
  readonly work: Work;
  readonly retry: RetryPolicy;
  /** Its age counts from here. Milliseconds since the Unix epoch. */
  readonly acceptedAtMs: number;
  /** How often it has been tried. */
  readonly attempts: number;
}

export interface RetryPolicy {
  /** After the first attempt. */
  readonly maxRetries: number;
  readonly maxAgeMs: number;
}

export interface GivenUp {
  readonly failure: Failure;
  readonly retries: number;
  /** Undefined for a failure that is not retried at all. */
  readonly exhausted: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' | undefined;
}

/** A waiting delivery, as it is saved. */
export interface SavedDelivery<Work> extends Delivery<Work> {
  readonly dueAtMs: number;
}

/** AWS documents 185 retries over a day with exponential backoff: at this maximum they fill it. */
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 8 * 60_000;

/** Deliveries that are tried until they succeed, or their retries or their age are used up. */
export class Deliveries<Work> {
  readonly #clock: Clock;
  readonly #attempt: (work: Work, attempt: number) => void;
  readonly #giveUp: (work: Work, end: GivenUp) => void;
  readonly #waiting = new Set<Delivery<Work>>();
  readonly #queue: DueQueue<Delivery<Work>>;

  /**
   * @param attempt throws when the target does not take it. Attempts count from 1.
   * @param giveUp told of what no target has taken.
   */
  constructor(
    clock: Clock,
    attempt: (work: Work, attempt: number) => void,
    giveUp: (work: Work, end: GivenUp) => void,
  ) {
    this.#clock = clock;
    this.#attempt = attempt;
    this.#giveUp = giveUp;
    this.#queue = new DueQueue(clock, delivery => this.#try(delivery));
  }

  /** @param delayMs until the first attempt; without it, it is made in this call. */
  start(work: Work, retry: RetryPolicy, delayMs = 0): void {
    const delivery = { work, retry, acceptedAtMs: this.#clock.now(), attempts: 0 };
    if (delayMs > 0) this.#wait(delivery, this.#clock.now() + delayMs);
    else this.#try(delivery);
  }

  save(): SavedDelivery<Work>[] {
    return [...this.#waiting].map(delivery => ({
      ...delivery,
      dueAtMs: this.#queue.dueAtMs(delivery) ?? this.#clock.now(),
    }));
  }

  restore({ dueAtMs, ...delivery }: SavedDelivery<Work>): void {
    this.#wait(delivery, dueAtMs);
  }

  stop(): void {
    this.#queue.stop();
  }

  #wait(delivery: Delivery<Work>, dueAtMs: number): void {
    this.#waiting.add(delivery);
    this.#queue.set(delivery, dueAtMs);
  }

  #try(delivery: Delivery<Work>): void {
    this.#waiting.delete(delivery);
    const { work, retry, acceptedAtMs, attempts } = delivery;
    try {
      this.#attempt(work, attempts + 1);
    } catch (error) {
      const failure = failureOf(error);
      const dueAtMs = this.#clock.now() + Math.min(FIRST_DELAY_MS * 2 ** attempts, LONGEST_DELAY_MS);
      const exhausted =
        attempts >= retry.maxRetries
          ? 'MaximumRetryAttempts'
          : dueAtMs > acceptedAtMs + retry.maxAgeMs
            ? 'MaximumEventAgeInSeconds'
            : undefined;
      if (!isRetryable(failure)) this.#giveUp(work, { failure, retries: attempts, exhausted: undefined });
      else if (exhausted) this.#giveUp(work, { failure, retries: attempts, exhausted });
      else this.#wait({ ...delivery, attempts: attempts + 1 }, dueAtMs);
    }
  }
}
