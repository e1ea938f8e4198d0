import { has, spend } from './events.ts';
import { putItem, unstartHandler } from './invariants.ts';
import { ATTEMPTS, addLetter, changeConsumer, FUTURE, type Outcome, PAST, remember } from './run-state.ts';
import { answered, deadLettering, giveBack, plan, proceed, type Steps, type Work } from './work.ts';

export function* handle(work: Work): Steps {
  const { state, consumer, rules } = work;
  yield { label: 'handles with success', state: plan(work, ['succeeded', 'acknowledge']) };
  if (consumer.attempt < ATTEMPTS) yield { label: 'fails', state: plan(work, ['retrying', 'giveBack']) };
  yield { label: 'fails for good', state: plan(work, deadLettering(rules)) };
  if (isToBeCanceled(work)) {
    yield { label: 'notices that it is canceled', state: plan(work, ['canceled', 'acknowledge']) };
  }
  if (has(state, 'release')) {
    yield { label: 'releases', state: spend(plan(work, ['released', 'giveBack']), 'release') };
  }
}

/** The fenced write of an outcome. */
export function* finish(work: Work, outcome: Outcome): Steps {
  const { state, index, consumer, rules } = work;
  const { item } = state;
  if (item === null) throw new Error('a claimed run has an item');
  const released = outcome === 'released';
  const status = released ? 'retrying' : outcome;
  const mine = item.leaseId === consumer.leaseId;

  if (status === 'retrying' && isToBeCanceled(work) && rules.retryHeedsCancel) {
    yield { label: 'may not try again', state: plan(work, ['canceled', 'acknowledge']) };
  } else if ((mine && item.status === 'running') || !rules.finishIsFenced) {
    const finished = putItem(state, {
      ...item,
      status,
      attempt: released ? item.attempt - 1 : item.attempt,
      notBefore: released ? PAST : FUTURE,
    });
    const counted = released ? unstartHandler(finished, consumer.epoch) : finished;
    const written = changeConsumer(counted, index, { leaseLive: false });
    yield* answered(work, `writes ${outcome}`, written, proceed(written, work));
  } else if (mine && item.status === status) {
    yield { label: `recognises its ${outcome}`, state: proceed(state, work) };
  } else {
    yield { label: 'has lost its lease', state: giveBack(work) };
  }
}

/** A run that waits for another attempt may have been canceled since that was written and the answer was lost. */
function isToBeCanceled({ state: { item }, consumer }: Work): boolean {
  const requested = item?.status === 'running' && item.cancelRequestedAt !== undefined;
  return item?.leaseId === consumer.leaseId && (requested || item.status === 'canceled');
}

export function* sendLetter(work: Work): Steps {
  const { state, consumer, rules } = work;
  const { epoch, moves } = consumer;
  const sent = addLetter(state, { epoch: rules.letterRaisesEpoch ? epoch + 1 : epoch, moves, native: false });
  const deadLettered = [...new Set([...state.history.deadLettered, epoch])];
  yield { label: 'sends the dead letter', state: proceed(remember(sent, { deadLettered }), work) };
}

/** With a receipt handle that a later delivery has made stale, SQS may delete the message or not. */
export function* acknowledge(work: Work): Steps {
  const { state, index, consumer } = work;
  const queue = state.queue.filter(({ id }) => id !== consumer.message);
  yield { label: 'acknowledges', state: proceed({ ...state, queue }, work) };
  if (state.queue.some(({ id, heldBy }) => id === consumer.message && heldBy !== index)) {
    yield { label: 'acknowledges in vain', state: proceed(state, work) };
  }
}
