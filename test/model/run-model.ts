import { consumerSteps } from './consumer-steps.ts';
import { environmentSteps } from './environment-steps.ts';
import { type Event, NO_EVENTS, spend } from './events.ts';
import type { Model } from './explore.ts';
import { isFinal, violation } from './invariants.ts';
import { moveSteps } from './move-steps.ts';
import { producerSteps } from './producer-steps.ts';
import { ITEM, keyOf, type State } from './run-state.ts';
import { RULES, type Rules } from './work.ts';

/**
 * One run between its queue, its item, its dead-letter queue and two consumers, and all that may befall them.
 *
 * @param budget how often each event may happen
 * @param rules the consumer's, to break one of them
 */
export function runModel(budget: Partial<Record<Event, number>>, rules: Rules = RULES): Model<State> {
  const sent: State = {
    item: null,
    queue: [{ id: 0, epoch: 0, moves: 0, heldBy: null }],
    deadLetters: [],
    consumers: [null, null],
    sending: 0,
    schedules: [],
    moves: [],
    budget: { ...NO_EVENTS, queuedRow: 1, ...budget },
    history: {
      sent: true,
      starts: [],
      ended: false,
      toCancel: [],
      deadLettered: [],
      redriven: [],
      broken: null,
    },
  };
  const tracked = spend(sent, 'queuedRow');
  const toBeSent = { ...tracked, queue: [], history: { ...sent.history, sent: false } };
  const sentForLater = {
    ...tracked,
    queue: [],
    item: { ...ITEM, scheduleName: 'A' },
    schedules: [{ name: 'A', moves: 0 }],
  };
  const initial = () => {
    if (budget.keyedSend) return [toBeSent];
    return budget.move ? [sentForLater] : [sent, { ...tracked, item: ITEM }];
  };
  return {
    initial: initial(),
    *next(state) {
      yield* environmentSteps(state);
      yield* producerSteps(state, rules);
      yield* moveSteps(state, rules);
      for (const index of state.consumers.keys()) yield* consumerSteps(state, index, rules);
    },
    key: keyOf,
    violation,
    isFinal,
  };
}
