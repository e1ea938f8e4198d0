import type { RunError } from '../contract/run.ts';
import type { RunItem } from '../contract/run-item.ts';
import type { ClientContext } from './client-context.ts';
import { updateRun } from './run-update.ts';

/** The longest reason that is stored with a run. */
const MAX_REASON_LENGTH = 1000;

export interface DiscardOptions {
  /** Why, for whoever reads the run later: 1 to 1000 characters. */
  readonly reason: string;
}

/** @throws RangeError when there is none, or it is too long */
export function checkReason(reason: string): void {
  if (reason.trim() === '' || reason.length > MAX_REASON_LENGTH) {
    throw new RangeError(
      `reason must be 1 to ${MAX_REASON_LENGTH} characters, got ${reason.length}: say why the letters may go`,
    );
  }
}

/**
 * Marks a dead-lettered run as given up. It comes before the deletion of its letter: who dies between the two leaves a
 * letter that is stale.
 *
 * @returns whether it was dead-lettered in that epoch
 */
export async function markDiscarded(
  context: ClientContext,
  table: string,
  run: { readonly runId: string; readonly epoch: number },
  { reason }: DiscardOptions,
): Promise<boolean> {
  const { written } = await updateRun(context, table, run.runId, {
    set: { discardedAt: context.clock.now(), discardReason: reason },
    remove: ['deadLetterKey'],
    statuses: ['deadLettered'],
    is: { epoch: run.epoch },
  });
  return written;
}

/** Whether an attempt may still be at work on it. */
export function isHeld({ status, leaseUntil = 0 }: RunItem, nowMs: number): boolean {
  return status === 'running' && leaseUntil >= nowMs;
}

const MOVED_BY_SQS: RunError = {
  name: 'RunLostError',
  message: 'SQS dead-lettered the message by itself before the run had ended',
};

/**
 * Ends a run that has not ended and whose message SQS dead-lettered by itself: with its letter goes the last that could
 * bring it to an end. As before, the mark comes before the deletion.
 *
 * @returns whether it still was as it was seen
 */
export async function endDiscarded(
  context: ClientContext,
  table: string,
  { runId, status, epoch, leaseId }: RunItem,
  { reason }: DiscardOptions,
): Promise<boolean> {
  const nowMs = context.clock.now();
  const { written } = await updateRun(context, table, runId, {
    set: {
      status: 'deadLettered',
      cause: 'lost',
      error: JSON.stringify(MOVED_BY_SQS),
      finishedAt: nowMs,
      discardedAt: nowMs,
      discardReason: reason,
    },
    remove: ['notBefore', 'deadLetterKey'],
    statuses: [status],
    is: { epoch, leaseId: leaseId ?? null },
  });
  return written;
}
