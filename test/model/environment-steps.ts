import { isTerminal } from '../../contract/run.ts';
import type { RunItem } from '../../contract/run-item.ts';
import { has, spend } from './events.ts';
import { putItem } from './invariants.ts';
import {
  addLetter,
  addMessage,
  changeConsumer,
  FUTURE,
  hold,
  ITEM,
  NOW,
  PAST,
  remember,
  type State,
} from './run-state.ts';
import type { Steps } from './work.ts';

/** What happens to the run without a consumer's doing. */
export function* environmentSteps(state: State): Steps {
  yield* time(state);
  yield* producer(state);
  yield* queues(state);
  for (const index of state.consumers.keys()) yield* misfortunes(state, index);
}

function* time(state: State): Steps {
  const { item } = state;
  if (item?.status === 'retrying' && item.notBefore === FUTURE) {
    yield { label: 'the backoff passes', state: { ...state, item: { ...item, notBefore: PAST } } };
  }
  const owned = state.consumers.some(consumer => consumer?.leaseLive && consumer.leaseId === item?.leaseId);
  if (item?.status === 'running' && item.leaseUntil === FUTURE && !owned) {
    yield { label: 'the lease of a dead process runs out', state: expireLease(state) };
  }
}

function* producer(state: State): Steps {
  const { item } = state;
  if (has(state, 'queuedRow') && item === null) {
    yield { label: 'the producer writes the queued row', state: spend(putItem(state, ITEM), 'queuedRow') };
  }
  if (has(state, 'duplicate')) {
    yield { label: 'the producer sends again', state: spend(addMessage(state, 0), 'duplicate') };
  }
  if (has(state, 'cancel') && item !== null) yield* cancel(state, item);
}

function* cancel(state: State, item: RunItem): Steps {
  const toCancel = [...new Set([...state.history.toCancel, item.epoch])];
  const asked = remember(spend(state, 'cancel'), { toCancel });
  if (item.status === 'running') {
    const requested = putItem(asked, { ...item, cancelRequestedAt: NOW });
    yield { label: 'the running run is to be canceled', state: requested };
  } else if (!isTerminal(item.status)) {
    yield { label: 'the run is canceled', state: putItem(asked, { ...item, status: 'canceled' }) };
  }
}

function* queues(state: State): Steps {
  for (const { id, epoch, moves } of state.queue.filter(({ heldBy }) => heldBy === null)) {
    if (!has(state, 'nativeDeadLetter')) break;
    const queue = state.queue.filter(message => message.id !== id);
    const moved = addLetter({ ...state, queue }, { epoch, moves, native: true });
    yield { label: 'SQS dead-letters the message by itself', state: spend(moved, 'nativeDeadLetter') };
  }
  for (const [index, { epoch, moves }] of state.deadLetters.entries()) {
    if (!has(state, 'redrive')) break;
    const redriven = [...new Set([...state.history.redriven, epoch])];
    const copied = spend(remember(addMessage(state, epoch, moves), { redriven }), 'redrive');
    yield {
      label: `a letter of epoch ${epoch} is redriven`,
      state: { ...copied, deadLetters: state.deadLetters.toSpliced(index, 1) },
    };
    if (has(state, 'duplicate')) {
      yield {
        label: `a copy of a letter of epoch ${epoch} is redriven`,
        state: spend(copied, 'duplicate'),
      };
    }
  }
}

function* misfortunes(state: State, index: number): Steps {
  const consumer = state.consumers[index];
  if (!consumer) return;
  const visible = state.queue.some(({ id, heldBy }) => id === consumer.message && heldBy === index)
    ? hold(state, consumer.message, null)
    : undefined;
  if (has(state, 'crash')) {
    const dead = changeConsumer(visible ?? state, index, null);
    yield { label: `consumer ${index} dies`, state: spend(dead, 'crash') };
  }
  if (has(state, 'redelivery') && visible) {
    yield { label: `the message of consumer ${index} becomes visible`, state: spend(visible, 'redelivery') };
  }
  if (has(state, 'stall') && consumer.leaseLive) {
    const late = changeConsumer(expireLease(visible ?? state), index, { leaseLive: false });
    yield { label: `consumer ${index} stalls beyond its lease`, state: spend(late, 'stall') };
  }
}

function expireLease(state: State): State {
  return state.item ? { ...state, item: { ...state.item, leaseUntil: PAST } } : state;
}
