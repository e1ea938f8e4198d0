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
    epoch: run.epoch,
  });
  return written;
}
