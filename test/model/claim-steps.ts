import { type Decision, decideDelivery } from '../../contract/delivery.ts';
import type { RunItem } from '../../contract/run-item.ts';
import type { Step } from './explore.ts';
import { heedMoves, putItem, startHandler } from './invariants.ts';
import { ATTEMPTS, type Consumer, changeConsumer, FUTURE, ITEM, NOW, type State } from './run-state.ts';
import { answered, deadLettering, giveBack, plan, type Rules, type Steps, type Work } from './work.ts';

/** Begins an attempt by one conditional write, without a read before it. */
export function* claim(work: Work): Steps {
  const { item } = work.state;
  const { epoch } = work.consumer;
  yield { label: 'has its claim throttled', state: giveBack(work) };

  const robs = !work.rules.claimRespectsLease && item?.status === 'running' && item.epoch === epoch;
  if (decisionOn(item, work.consumer, work.rules) === 'claim' || robs) {
    yield* takeLease(work, 'claim', { epoch, attempt: (item?.attempt ?? 0) + 1 });
  } else {
    yield conditionFailed(work, 'claim');
  }
}

/** Does what the item asks for that came back with the failed condition. */
export function* decide(work: Work): Steps {
  const { seen, epoch } = work.consumer;
  const decision = decisionOn(seen, work.consumer, work.rules);
  const label = `decides to ${decision}`;
  if (seen === null || decision === 'claim') return yield { label, state: plan(work, ['claim']) };
  if (decision === 'wait') return yield { label, state: plan(work, ['giveBack']) };
  if (decision === 'acknowledge') return yield { label, state: plan(work, ['acknowledge']) };
  if (decision === 'deadLetterAgain') {
    return yield { label, state: plan(work, ['sendLetter', 'acknowledge']) };
  }
  const { item } = work.state;
  const unchanged =
    item?.status === seen.status && item.epoch === seen.epoch && item.leaseId === seen.leaseId;
  if (unchanged || !work.rules.takeOverIsCompareAndSwap) {
    const attempt = { takeOver: seen.attempt + 1, renew: 1, bury: seen.attempt }[decision];
    yield* takeLease(work, decision, { epoch, attempt });
  } else {
    yield conditionFailed(work, decision);
  }
}

function* takeLease(work: Work, decision: Decision, life: Pick<RunItem, 'epoch' | 'attempt'>): Steps {
  const { leaseId } = work.consumer;
  const before = work.state.item ?? ITEM;
  const { cancelRequestedAt, ...rest } = before;
  const kept = cancelRequestedAt !== undefined && (decision !== 'renew' || !work.rules.redriveForgetsCancel);
  const item: RunItem = {
    ...rest,
    ...life,
    status: 'running',
    leaseId,
    leaseUntil: FUTURE,
    ...(kept && { cancelRequestedAt }),
  };
  const claimed = decision === 'claim' ? heedMoves(work.state, before, work.consumer.moves) : work.state;
  const written = changeConsumer(putItem(claimed, item), work.index, { leaseLive: true });
  yield* answered(work, `takes the lease to ${decision}`, written, withLease(work, decision, written));
}

/** Somebody else was first; or it was this very write, whose answer was lost. */
function conditionFailed(work: Work, decision: Decision): Step<State> {
  const { item } = work.state;
  return item?.leaseId === work.consumer.leaseId
    ? { label: `recognises its lease to ${decision}`, state: withLease(work, decision, work.state) }
    : { label: 'finds another item', state: plan(work, ['decide'], { seen: item }) };
}

function withLease(work: Work, decision: Decision, state: State): State {
  const begin = (todo: Consumer['todo']) =>
    changeConsumer(state, work.index, { todo, attempt: state.item?.attempt ?? 0, seen: null });
  const toCancel = state.item?.cancelRequestedAt !== undefined && work.rules.claimHeedsCancel;
  if (toCancel) return begin(['canceled', 'acknowledge']);
  return decision === 'bury'
    ? begin(deadLettering(work.rules))
    : startHandler(begin(['handle']), work.consumer.epoch);
}

/** Claims too are decided here: that DynamoDB's condition says the same is shown by a test of its own. */
function decisionOn(item: RunItem | null, { epoch, moves }: Consumer, rules: Rules): Decision {
  const heeded = rules.oldFiringIsPassedOver ? moves : Number.POSITIVE_INFINITY;
  return decideDelivery(item ?? undefined, { epoch, moves: heeded, attempts: ATTEMPTS, nowMs: NOW });
}
