import { deadLetterKey } from '../contract/run-item.ts';
import type { ClientContext } from './client-context.ts';
import type { FoundRun } from './find-run.ts';
import { updateRun } from './run-update.ts';

/** Takes a discarding back before the run is redriven: a letter of a discarded run would be taken for stale. */
export async function restoreDiscarded(context: ClientContext, { table, item }: FoundRun): Promise<void> {
  const { runId, task, epoch, finishedAt = context.clock.now() } = item;
  await updateRun(context, table, runId, {
    set: { deadLetterKey: deadLetterKey(task, finishedAt, runId) },
    remove: ['discardedAt', 'discardReason'],
    statuses: ['deadLettered'],
    is: { epoch },
  });
}
