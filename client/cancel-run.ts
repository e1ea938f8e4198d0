import { SQS } from '../contract/limits.ts';
import { isTerminal, type Run, type RunStatus, TRANSITIONS } from '../contract/run.ts';
import { type RunItem, toRun } from '../contract/run-item.ts';
import { DEFAULT_POLICY, type TaskDefinition } from '../contract/task.ts';
import type { ClientContext } from './client-context.ts';
import { type RunUpdate, updateRun } from './run-update.ts';

export interface CancelOptions {
  /**
   * The run's task: a canceled run is remembered for its `retention.canceled`.
   * @default it is remembered for 30 days
   */
  readonly task?: TaskDefinition;
}

export async function cancelRun(
  context: ClientContext,
  runId: string,
  options: CancelOptions = {},
): Promise<Run> {
  for (const table of new Set(context.queues.map(queue => queue.table))) {
    const item = await cancelIn(context, table, runId, options);
    if (item) return toRun(item);
  }
  throw new Error(
    `There is no run ${runId}: the id may be wrong, its retention over, or the run not begun in a queue that does ` +
      'not track queued runs',
  );
}

/** Runs that no attempt holds: they end by one write, and their messages are acknowledged when they come. */
const WAITING = (Object.keys(TRANSITIONS) as RunStatus[]).filter(
  status => status !== 'running' && TRANSITIONS[status].includes('canceled'),
);

/** @returns the item as it is afterwards; undefined when there is none */
export async function cancelIn(
  context: ClientContext,
  table: string,
  runId: string,
  { task }: CancelOptions,
): Promise<RunItem | undefined> {
  for (;;) {
    const nowMs = context.clock.now();
    const canceled = await updateRun(context, table, runId, toCanceled(task, nowMs));
    if (canceled.written || canceled.item === undefined || isTerminal(canceled.item.status)) {
      return canceled.item;
    }
    const { epoch, cancelRequestedAt = nowMs } = canceled.item;
    const requested = await updateRun(context, table, runId, {
      set: { cancelRequestedAt },
      statuses: ['running'],
      epoch,
    });
    if (requested.written) return requested.item;
    // Its attempt has ended in between. It ends: another turn means that the run's consumer got ahead.
  }
}

/** It is remembered for as long as its message may come, or it would begin after all. */
function toCanceled(task: TaskDefinition | undefined, nowMs: number): RunUpdate {
  const { retentionMs } = task?.policy ?? DEFAULT_POLICY;
  const rememberedMs = Math.max(retentionMs.canceled, SQS.maxRetentionSeconds * 1000);
  return {
    set: { status: 'canceled', finishedAt: nowMs, expiresAt: Math.ceil((nowMs + rememberedMs) / 1000) },
    remove: ['notBefore'],
    statuses: WAITING,
  };
}
