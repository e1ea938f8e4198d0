import { MALFORMED_TASK } from '../contract/envelope.ts';
import { DYNAMODB } from '../contract/limits.ts';
import { isDiscarded, type RunItem } from '../contract/run-item.ts';
import type { ClientContext } from './client-context.ts';
import { type DeadLetterFilter, factsOf, matches } from './dead-letter-filter.ts';
import { isExpired } from './expired.ts';
import { queuesOf } from './find-queue.ts';
import { compareEntries, type ListEntry } from './list-cursor.ts';
import { DEAD_LETTERS, mergeNewestFirst, readListing } from './listing-index.ts';
import { readRuns } from './read-runs.ts';

/** SQS keeps nothing longer: what was given up before lies in no dead-letter queue any more. */
const DEFAULT_RANGE_MS = 14 * 86_400_000;

export interface DeadLetterRange {
  readonly fromMs: number;
  readonly toMs: number;
  /** Only entries after this one, in the order of the listing. */
  readonly after?: ListEntry;
}

/** @throws RangeError when `from` is after `to` */
export function deadLetterRange({ from, to }: DeadLetterFilter, nowMs: number): DeadLetterRange {
  const toMs = to?.getTime() ?? nowMs;
  const fromMs = from?.getTime() ?? toMs - DEFAULT_RANGE_MS;
  if (!(fromMs <= toMs)) {
    throw new RangeError(`from must be a date not after to, got from ${from} and to ${to ?? 'now'}`);
  }
  return { fromMs, toMs };
}

/** A place in the dead-letter index, and the run that lies there when it fits the filter. */
export interface ListedDeadLetter {
  readonly entry: ListEntry;
  readonly table: string;
  readonly item: RunItem | undefined;
}

/** Dead-lettered runs, newest first, read as far as they are asked for. */
export async function* readDeadLetters(
  context: ClientContext,
  filter: DeadLetterFilter,
  range: DeadLetterRange,
): AsyncGenerator<ListedDeadLetter, void, undefined> {
  const tables = tasksByTable(context, filter);
  const streams = [...tables].map(([table, tasks]) => readTable(context, table, [...tasks], range));
  let page: Entry[] = [];
  for await (const entry of mergeNewestFirst(streams)) {
    if (range.after && compareEntries(entry, range.after) <= 0) continue;
    page.push(entry);
    if (page.length < DYNAMODB.maxBatchGetKeys) continue;
    yield* readItems(context, filter, page);
    page = [];
  }
  yield* readItems(context, filter, page);
}

interface Entry extends ListEntry {
  readonly table: string;
}

/** A message of an unknown task is listed under its own name, so a task that no queue carries may be asked for, too. */
function tasksByTable({ queues }: ClientContext, { task }: DeadLetterFilter): Map<string, Set<string>> {
  const tables = new Map<string, Set<string>>();
  for (const { table, tasks } of queuesOf(queues, task?.name)) {
    const names = task ? [task.name] : [...tasks, MALFORMED_TASK];
    tables.set(table, new Set([...(tables.get(table) ?? []), ...names]));
  }
  return tables;
}

async function* readTable(
  { dynamodb }: ClientContext,
  table: string,
  tasks: readonly string[],
  { fromMs, toMs }: DeadLetterRange,
): AsyncGenerator<Entry, void, undefined> {
  const pageSize = DYNAMODB.maxBatchGetKeys;
  for await (const entry of readListing(dynamodb, DEAD_LETTERS, { table, tasks, fromMs, toMs, pageSize })) {
    yield { ...entry, table };
  }
}

async function* readItems(
  context: ClientContext,
  filter: DeadLetterFilter,
  page: readonly Entry[],
): AsyncGenerator<ListedDeadLetter, void, undefined> {
  const items = new Map<string, RunItem>();
  for (const table of new Set(page.map(entry => entry.table))) {
    const runIds = page.filter(entry => entry.table === table).map(({ runId }) => runId);
    for (const item of await readRuns(context, table, runIds)) items.set(item.runId, item);
  }
  const nowMs = context.clock.now();
  for (const { table, ...entry } of page) {
    const item = items.get(entry.runId);
    yield { entry, table, item: item && isMeant(item, filter, nowMs) ? item : undefined };
  }
}

/** The index may lag behind its table. */
function isMeant(item: RunItem, filter: DeadLetterFilter, nowMs: number): boolean {
  const { status } = item;
  const lies = status === 'deadLettered' && !isDiscarded(item) && !isExpired(item, nowMs);
  return lies && matches(filter, factsOf(item));
}
