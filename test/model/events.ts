import type { State } from './run-state.ts';

/** What may happen, but not for ever. */
export type Event =
  /** A consumer's process dies. */
  | 'crash'
  /** A consumer stalls: its lease runs out, and then it goes on. */
  | 'stall'
  /** SQS delivers a message that a consumer still works on. */
  | 'redelivery'
  /** A write succeeds, but its answer is lost. */
  | 'lostAnswer'
  /** The producer sends the run again, or a redrive leaves the dead letter where it was. */
  | 'duplicate'
  /** SQS dead-letters a message that was received too often, its body as it is. */
  | 'nativeDeadLetter'
  /** A consumer gives an attempt back before its deadline. */
  | 'release'
  /** Somebody cancels the run: while it waits, at once; while it is running, by a request. */
  | 'cancel'
  /** Somebody moves a dead letter back to the queue. */
  | 'redrive'
  /** The producer writes the `queued` row. */
  | 'queuedRow'
  /** A producer begins to send the run under its idempotency key. */
  | 'keyedSend'
  /** A producer dies between the row and the message. */
  | 'producerCrash'
  /** Somebody begins to move a run that was sent for later to another time. */
  | 'move'
  /** Whoever moves it dies. */
  | 'moverCrash'
  /** EventBridge Scheduler fires twice. */
  | 'secondFiring'
  /** All of these together, but for redrives, moves, the `queued` row and keyed sends. */
  | 'any';

export const NO_EVENTS: Readonly<Record<Event, number>> = {
  crash: 0,
  stall: 0,
  redelivery: 0,
  lostAnswer: 0,
  duplicate: 0,
  nativeDeadLetter: 0,
  release: 0,
  cancel: 0,
  redrive: 0,
  queuedRow: 0,
  keyedSend: 0,
  producerCrash: 0,
  move: 0,
  moverCrash: 0,
  secondFiring: 0,
  any: 0,
};

export function has(state: State, event: Event): boolean {
  return state.budget[event] > 0 && (isExpected(event) || state.budget.any > 0);
}

export function spend(state: State, event: Event): State {
  const { budget } = state;
  const left = { ...budget, [event]: budget[event] - 1, any: budget.any - (isExpected(event) ? 0 : 1) };
  // Which events have happened does not matter once no other can: fewer states.
  if (left.any > 0) return { ...state, budget: left };
  const { redrive, queuedRow, keyedSend, move } = left;
  return { ...state, budget: { ...NO_EVENTS, redrive, queuedRow, keyedSend, move } };
}

const isExpected = (event: Event) => ['redrive', 'queuedRow', 'keyedSend', 'move'].includes(event);
