import type { Run } from '../contract/run.ts';
import { toRun } from '../contract/run-item.ts';
import type { TaskDefinition } from '../contract/task.ts';
import type { ClientContext } from './client-context.ts';
import { isExpired } from './expired.ts';
import { findQueue } from './find-queue.ts';
import { type ListRange, readListPage } from './list-page.ts';
import { readRuns } from './read-runs.ts';

export interface ListOptions extends ListRange {
  readonly task: Pick<TaskDefinition, 'name'>;
}

export interface RunPage {
  /** Newest first. A run whose retention has just ended is left out, so a page may hold fewer than its limit. */
  readonly runs: readonly Run[];
  /** For the next page; absent on the last. */
  readonly cursor?: string;
}

export async function listRuns(context: ClientContext, { task, ...range }: ListOptions): Promise<RunPage> {
  const { table } = findQueue(context.queues, task.name);
  const { dynamodb } = context;
  const nowMs = context.clock.now();
  const { runIds, ...next } = await readListPage(
    { dynamodb, table, of: task.name, verb: 'listRuns', nowMs },
    range,
  );
  const items = await readRuns(context, table, runIds);
  return { runs: items.filter(item => !isExpired(item, context.clock.now())).map(toRun), ...next };
}
