import { SQS } from '../contract/limits.ts';
import { isTerminal, type Run, type RunStatus, TRANSITIONS } from '../contract/run.ts';
import { type RunItem, toRun } from '../contract/run-item.ts';
import { DEFAULT_POLICY, type TaskDefinition } from '../contract/task.ts';
import type { ClientContext } from './client-context.ts';
import { type RunUpdate, updateRun } from './run-update.ts';
import { deleteSchedule } from './scheduler-calls.ts';

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
    if (canceled.written) return await dropSchedule(context, table, canceled.item, task);
    if (canceled.item === undefined || isTerminal(canceled.item.status)) return canceled.item;
    const { epoch, cancelRequestedAt = nowMs } = canceled.item;
    const requested = await updateRun(context, table, runId, {
      set: { cancelRequestedAt },
      statuses: ['running'],
      is: { epoch },
    });
    if (requested.written) return requested.item;
    // Its attempt has ended in between. It ends: another turn means that the run's consumer got ahead.
  }
}

/**
 * The firing of a canceled run is acknowledged and nothing more, so that the schedule's deletion may fail: then the run
 * is remembered until it has fired.
 */
async function dropSchedule(
  context: ClientContext,
  table: string,
  item: RunItem,
  task: TaskDefinition | undefined,
): Promise<RunItem> {
  const { runId, scheduleName, scheduledFor = 0 } = item;
  if (scheduleName === undefined || scheduledFor < context.clock.now()) return item;
  const queue = context.queues.find(each => each.table === table && each.tasks.includes(item.task));
  try {
    if (queue?.schedules) {
      await deleteSchedule(context, queue.schedules.group, scheduleName);
      return item;
    }
  } catch (cause) {
    context.warn(
      new Error(`Run ${runId} is canceled, but its schedule ${scheduleName} is not deleted`, { cause }),
    );
  }
  const { expiresAt } = toCanceled(task, scheduledFor).set;
  const kept = await updateRun(context, table, runId, { set: { expiresAt }, statuses: ['canceled'] });
  return kept.item ?? item;
}

/** It is remembered for as long as its message may come, or it would begin after all. */
function toCanceled(task: TaskDefinition | undefined, nowMs: number) {
  const { retentionMs } = task?.policy ?? DEFAULT_POLICY;
  const rememberedMs = Math.max(retentionMs.canceled, SQS.maxRetentionSeconds * 1000);
  return {
    set: {
      status: 'canceled' as const,
      finishedAt: nowMs,
      expiresAt: Math.ceil((nowMs + rememberedMs) / 1000),
    },
    remove: ['notBefore' as const],
    statuses: WAITING,
  } satisfies RunUpdate;
}
