import { DYNAMODB } from '../contract/limits.ts';
import { isTerminal, type RunStatus } from '../contract/run.ts';
import type { TaskDefinition } from '../contract/task.ts';
import { cancelIn } from './cancel-run.ts';
import type { ClientContext } from './client-context.ts';
import { findQueue } from './find-queue.ts';
import { listRuns } from './list-runs.ts';

/** Which runs are to be canceled: those of a task, sent in a range of time. */
export interface CancelFilter {
  /** A canceled run is remembered for its `retention.canceled`. */
  readonly task: TaskDefinition;
  /**
   * The oldest creation time, inclusive.
   * @default 24 hours before `to`
   */
  readonly from?: Date;
  /**
   * The newest creation time, inclusive.
   * @default now
   */
  readonly to?: Date;
  /**
   * Only runs that are so.
   * @default all that have not ended
   */
  readonly status?: Extract<RunStatus, 'queued' | 'running' | 'retrying'>;
}

export interface CancelRunsOptions {
  /**
   * Counts what would be done, and changes nothing.
   * @default false
   */
  readonly dryRun?: boolean;
  /** Ends the canceling between two pages. What was done until then is answered. */
  readonly signal?: AbortSignal;
}

export interface CancelCounts {
  /** Never attempted again. */
  readonly canceled: number;
  /** Running, and asked to end. */
  readonly requested: number;
  /** Ended before, or in the meantime. */
  readonly ended: number;
  /** Not of the status asked for. */
  readonly skipped: number;
}

export async function cancelRuns(
  context: ClientContext,
  { status, ...range }: CancelFilter,
  { dryRun = false, signal }: CancelRunsOptions = {},
): Promise<CancelCounts> {
  const { task } = range;
  const { table } = findQueue(context.queues, task.name);
  const counts = { canceled: 0, requested: 0, ended: 0, skipped: 0 };
  let cursor: string | undefined;
  do {
    const page = await listRuns(context, {
      ...range,
      limit: DYNAMODB.maxBatchGetKeys,
      ...(cursor !== undefined && { cursor }),
    });
    const active = page.runs.filter(run => !isTerminal(run.status));
    const meant = active.filter(run => status === undefined || run.status === status);
    counts.ended += page.runs.length - active.length;
    counts.skipped += active.length - meant.length;
    const ends = dryRun
      ? meant.map(run => (run.status === 'running' ? 'running' : 'canceled'))
      : await Promise.all(
          meant.map(async run => (await cancelIn(context, table, run.runId, { task }))?.status),
        );
    for (const end of ends) counts[KINDS.get(end) ?? 'ended']++;
    cursor = page.cursor;
  } while (cursor !== undefined && !signal?.aborted);
  return counts;
}

/** A run that was `canceled` before is counted as canceled: nobody can tell. */
const KINDS = new Map<RunStatus | undefined, 'canceled' | 'requested'>([
  ['canceled', 'canceled'],
  ['running', 'requested'],
]);
