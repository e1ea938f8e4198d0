import { isTerminal, TRANSITIONS } from '../../contract/run.ts';
import { type Attribute, parseRunItem, type RunItem } from '../../contract/run-item.ts';
import type { Violation } from './judge.ts';
import type { Order } from './orders.ts';

/** Sees each run's item as the table writes it, and tells of changes that no run may go through. */
export function createStatusWatch(orders: readonly Order[], onViolation: (violation: Violation) => void) {
  const last = new Map<string, RunItem>();
  return (attributes: Record<string, Attribute>): void => {
    // What a schedule keeps beside its runs is none.
    if (attributes.status === undefined) return;
    const item = parseRunItem(attributes);
    const before = last.get(item.runId);
    last.set(item.runId, item);
    const edited = orders.some(({ runId, editAsked }) => runId === item.runId && editAsked);
    // A queued row in the place of another is a sender's: it has looked at what was there.
    if (before === undefined || item.status === 'queued' || isLegal(before, item, edited)) return;
    const what = `a run that is ${before.status} in epoch ${before.epoch} is made ${item.status} in epoch ${item.epoch}`;
    onViolation({ kind: 'unexplained', what, runId: item.runId });
  };
}

function isLegal(before: RunItem, after: RunItem, edited: boolean): boolean {
  // With another payload a run whose message SQS dead-lettered begins anew, though it had not ended.
  if (after.epoch > before.epoch) {
    return before.status === 'deadLettered' || (edited && !isTerminal(before.status));
  }
  if (after.epoch < before.epoch) return false;
  // The same again: a write whose answer was lost, or one that leaves the status as it is.
  return after.status === before.status || TRANSITIONS[before.status].includes(after.status);
}
