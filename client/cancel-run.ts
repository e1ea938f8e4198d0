import { SQS } from '../contract/limits.ts';
import { isTerminal, type Run, type RunStatus, TRANSITIONS } from '../contract/run.ts';
import { type RunItem, toRun } from '../contract/run-item.ts';
import { DEFAULT_POLICY, type TaskDefinition } from '../contract/task.ts';
import type { ClientContext } from './client-context.ts';
import { queueOfRun } from './find-queue.ts';
import { tablesOf } from './find-run.ts';
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
  const refusals: unknown[] = [];
  for (const table of tablesOf(context)) {
    try {
      const item = await cancelIn(context, table, runId, options);
      if (item) return toRun(item);
    } catch (refusal) {
      // A function may have been granted to manage one queue's runs, and to send to another.
      refusals.push(refusal);
    }
  }
  if (refusals.length > 0) throw refusals[0];
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
  let seen: RunItem | undefined;
  for (;;) {
    const nowMs = context.clock.now();
    const { item } = await updateRun(context, table, runId, toCanceled(task, seen, nowMs));
    // Also when it was so before: by this very write, whose answer was lost, or by who died before the schedule's deletion.
    if (item?.status === 'canceled') return await dropSchedule(context, table, item);
    if (item === undefined || isTerminal(item.status)) return item;
    if (item.status === 'running') {
      const { epoch, cancelRequestedAt = nowMs } = item;
      const requested = await updateRun(context, table, runId, {
        set: { cancelRequestedAt },
        statuses: ['running'],
        is: { epoch },
      });
      if (requested.written) return requested.item;
    }
    // Its attempt has ended in between, or its schedule was not known. It ends: another turn means that it was moved, or
    // that its consumer got ahead.
    seen = item;
  }
}

/**
 * @param seen the run, where it waits in EventBridge Scheduler: it is remembered for as long as its message may come, or
 * it would begin after all
 */
function toCanceled(task: TaskDefinition | undefined, seen: RunItem | undefined, nowMs: number) {
  const { retentionMs } = task?.policy ?? DEFAULT_POLICY;
  const { scheduleName = null, scheduledFor = 0, latestCopyAt = 0 } = seen ?? {};
  const rememberedMs = Math.max(retentionMs.canceled, SQS.maxRetentionSeconds * 1000);
  const comesAt = scheduleName === null ? nowMs : Math.max(nowMs, scheduledFor, latestCopyAt);
  return {
    set: {
      status: 'canceled',
      finishedAt: nowMs,
      expiresAt: Math.ceil((comesAt + rememberedMs) / 1000),
    },
    remove: ['notBefore'],
    statuses: WAITING,
    is: { scheduleName },
  } satisfies RunUpdate;
}

/** What is left of it fires, and is acknowledged. */
async function dropSchedule(context: ClientContext, table: string, item: RunItem): Promise<RunItem> {
  const { runId, scheduleName, scheduledFor = 0 } = item;
  if (scheduleName === undefined || scheduledFor < context.clock.now()) return item;
  const queue = queueOfRun(context.queues, table, item);
  if (queue?.schedules === undefined) return item;
  await deleteSchedule(context, queue.schedules.group, scheduleName).catch((cause: unknown) => {
    context.warn(
      new Error(`Run ${runId} is canceled, but its schedule ${scheduleName} is not deleted`, { cause }),
    );
  });
  return item;
}
