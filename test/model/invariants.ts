import { decideDelivery } from '../../contract/delivery.ts';
import { TRANSITIONS } from '../../contract/run.ts';
import type { RunItem } from '../../contract/run-item.ts';
import { ATTEMPTS, type Letter, NOW, remember, type State } from './run-state.ts';

/** Every write of the item goes through here. */
export function putItem(state: State, written: RunItem): State {
  const { leaseUntil, notBefore, cancelRequestedAt, ...rest } = written;
  const outlives = rest.status === 'running' || rest.status === 'deadLettered';
  // What no decision looks at in this status is left out: fewer states.
  const item: RunItem = {
    ...rest,
    ...(rest.status === 'running' && leaseUntil !== undefined && { leaseUntil }),
    ...(rest.status === 'retrying' && notBefore !== undefined && { notBefore }),
    ...(outlives && cancelRequestedAt !== undefined && { cancelRequestedAt }),
  };
  const wrong = wrongChange(state.item, item) ?? wrongCancel(state, item);
  const ended = state.history.ended || item.status === 'succeeded' || item.status === 'canceled';
  return breakIf(wrong, remember({ ...state, item }, { ended }));
}

function wrongChange(before: RunItem | null, after: RunItem): string | undefined {
  if (before === null) return;
  const change = `${before.status} in epoch ${before.epoch} becomes ${after.status} in epoch ${after.epoch}`;
  const moved = before.status === 'queued' && after.status === 'queued' && before.moves !== after.moves;
  const requested = before.cancelRequestedAt !== after.cancelRequestedAt && before.status === after.status;
  if (after.epoch === before.epoch)
    return moved || requested || TRANSITIONS[before.status].includes(after.status) ? undefined : change;
  const redriven =
    before.status === 'deadLettered' && after.epoch > before.epoch && after.status === 'running';
  return redriven ? undefined : change;
}

function wrongCancel({ history }: State, { status, epoch }: RunItem): string | undefined {
  const wrong = status === 'canceled' && !history.toCancel.includes(epoch);
  return wrong ? `epoch ${epoch} is canceled, which nobody asked for` : undefined;
}

/** Every start of a handler goes through here. */
export function startHandler(state: State, epoch: number): State {
  return breakIf(wrongStart(state, epoch), count(state, epoch, 1));
}

/** A run that waits begins by the message of its latest time. */
export function heedMoves(state: State, before: RunItem, moves: number): State {
  const early = before.status === 'queued' && (before.moves ?? 0) > moves;
  return breakIf(early ? 'a run begins at a time that it was moved away from' : undefined, state);
}

/** A released attempt does not count. */
export function unstartHandler(state: State, epoch: number): State {
  return count(state, epoch, -1);
}

function wrongStart({ history }: State, epoch: number): string | undefined {
  if (history.ended) return 'a handler starts after the run has ended';
  if (history.toCancel.includes(epoch)) return `a handler starts in epoch ${epoch}, which was to be canceled`;
  if (history.deadLettered.includes(epoch)) return `a handler starts in dead-lettered epoch ${epoch}`;
  if (epoch > 0 && !history.redriven.includes(epoch)) {
    return `a handler starts in epoch ${epoch}, which nobody redrove`;
  }
  return;
}

function count(state: State, epoch: number, change: number): State {
  const { starts } = state.history;
  const upToEpoch = Array.from({ length: Math.max(starts.length, epoch + 1) }, (_, at) => starts[at] ?? 0);
  return remember(state, { starts: upToEpoch.map((value, at) => (at === epoch ? value + change : value)) });
}

function breakIf(wrong: string | undefined, state: State): State {
  return wrong === undefined || state.history.broken ? state : remember(state, { broken: wrong });
}

export function violation(state: State): string | undefined {
  const { broken, starts } = state.history;
  if (broken) return broken;
  const epoch = starts.findIndex(count => count > ATTEMPTS);
  if (epoch >= 0) return `${starts[epoch]} attempts in epoch ${epoch}, of ${ATTEMPTS} allowed`;
  if (state.consumers.filter(consumer => consumer?.leaseLive).length > 1) return 'two leases are live';
  return isFinal(state) ? loss(state) : undefined;
}

export function isFinal({ queue, consumers, sending, schedules, moves }: State): boolean {
  const waits = queue.length + sending + schedules.length + moves.length;
  return waits === 0 && consumers.every(consumer => consumer === null);
}

/** Why a run that nothing more will happen to is not accounted for. */
function loss({ item, deadLetters, history }: State): string | undefined {
  if (!history.sent) return; // Whoever sends has got an error and will send again.
  const ended = item?.status === 'succeeded' || item?.status === 'canceled';
  if (ended) {
    const tooNew = deadLetters.find(({ epoch }) => epoch > item.epoch);
    return tooNew && `a run that has ${item.status} has a letter of epoch ${tooNew.epoch}`;
  }
  return deadLetters.some(letter => wouldRevive(item, letter))
    ? undefined
    : `a run that is ${item?.status ?? 'absent'} has no letter that a redrive would run`;
}

/**
 * Whether a redrive of the letter would bring the run on. One that SQS moved in the same epoch in which the run was
 * dead-lettered makes the consumer send its own letter again, and that one would.
 */
function wouldRevive(item: RunItem | null, { epoch, moves, native }: Letter): boolean {
  const decision = decideDelivery(item ?? undefined, { epoch, moves, attempts: ATTEMPTS, nowMs: NOW });
  return decision !== 'acknowledge' && (decision !== 'deadLetterAgain' || native);
}
