import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { StateFailure } from './state-failure.ts';

/** As it travels: times are seconds since the Unix epoch. */
export type SentEvent = Omit<HistoryEvent, 'timestamp'> & { readonly timestamp: number };

export type EventType = NonNullable<HistoryEvent['type']>;

/** The details of an event, under the name that its type gives them. */
export type EventDetails = Partial<Omit<HistoryEvent, 'id' | 'previousEventId' | 'timestamp' | 'type'>>;

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const MAX_EVENTS = 25_000;

/** What happened in one execution, in its order. */
export class History {
  readonly #events: SentEvent[];
  readonly #now: () => number;

  constructor(now: () => number, events: readonly SentEvent[] = []) {
    this.#now = now;
    this.#events = [...events];
  }

  get events(): readonly SentEvent[] {
    return this.#events;
  }

  /**
   * @returns the event's id.
   * @throws StateFailure when the history is full: the execution cannot go on.
   */
  add(type: EventType, previousEventId: number, details: EventDetails = {}): number {
    // One place is kept for the event that ends the execution.
    if (this.#events.length >= MAX_EVENTS - 1) {
      throw new StateFailure(
        'States.Runtime',
        `The execution reached the maximum number of history events (${MAX_EVENTS}).`,
      );
    }
    return this.#push(type, previousEventId, details);
  }

  /** The event that ends the execution: it always finds a place. */
  end(type: EventType, details: EventDetails = {}): void {
    this.#push(type, this.#events.length, details);
  }

  #push(type: EventType, previousEventId: number, details: EventDetails): number {
    const id = this.#events.length + 1;
    this.#events.push({ timestamp: this.#now() / 1000, type, id, previousEventId, ...details });
    return id;
  }
}
