import { DYNAMODB } from '../contract/limits.ts';
import type { Run } from '../contract/run.ts';
import { toRun } from '../contract/run-item.ts';
import type { TaskDefinition } from '../contract/task.ts';
import type { ClientContext } from './client-context.ts';
import { isExpired } from './expired.ts';
import { findQueue } from './find-queue.ts';
import { compareEntries, decodeCursor, encodeCursor, type ListEntry } from './list-cursor.ts';
import { RUNS, readListing } from './listing-index.ts';
import { readRuns } from './read-runs.ts';

export interface ListOptions {
  readonly task: Pick<TaskDefinition, 'name'>;
  /**
   * The oldest creation time to list, inclusive. With a cursor, the first page's counts.
   * @default 24 hours before `to`
   */
  readonly from?: Date;
  /**
   * The newest creation time to list, inclusive. With a cursor, the page before decides.
   * @default now
   */
  readonly to?: Date;
  /**
   * Runs of a page, 1 to 100.
   * @default 50
   */
  readonly limit?: number;
  /** Of the page before. */
  readonly cursor?: string;
}

export interface RunPage {
  /** Newest first. A run whose retention has just ended is left out, so a page may hold fewer than its limit. */
  readonly runs: readonly Run[];
  /** For the next page; absent on the last. */
  readonly cursor?: string;
}

const DEFAULT_LIMIT = 50;
const DEFAULT_RANGE_MS = 24 * 3_600_000;

export async function listRuns(context: ClientContext, options: ListOptions): Promise<RunPage> {
  const { task, limit = DEFAULT_LIMIT } = options;
  if (!Number.isInteger(limit) || limit < 1 || limit > DYNAMODB.maxBatchGetKeys) {
    throw new RangeError(
      `limit must be a whole number from 1 to ${DYNAMODB.maxBatchGetKeys}, got ${limit}; read more by the cursor`,
    );
  }
  const { table } = findQueue(context.queues, task.name);
  const { fromMs, toMs, after } = resolveRange(options, context.clock.now());
  const listing = readListing(context.dynamodb, RUNS, {
    table,
    tasks: [task.name],
    fromMs,
    toMs,
    pageSize: limit + 1,
  });
  const { entries, last } = await takePage(listing, limit, after);
  const items = await readRuns(
    context,
    table,
    entries.map(({ runId }) => runId),
  );
  const nowMs = context.clock.now();
  const runs = items.filter(item => !isExpired(item, nowMs)).map(toRun);
  return { runs, ...(last && { cursor: encodeCursor({ of: task.name, fromMs, after: last }) }) };
}

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
  readonly after?: ListEntry;
}

function resolveRange({ task, from, to, cursor }: ListOptions, nowMs: number): Range {
  if (cursor !== undefined) {
    const { fromMs, after } = decodeCursor(cursor, 'listRuns', task.name);
    return { fromMs, toMs: after.atMs, after };
  }
  const toMs = to?.getTime() ?? nowMs;
  const fromMs = from?.getTime() ?? toMs - DEFAULT_RANGE_MS;
  if (!(fromMs <= toMs)) {
    throw new RangeError(`from must be a date not after to, got from ${from} and to ${to ?? 'now'}`);
  }
  return { fromMs, toMs };
}

/** Reads one entry more than the page has, to know whether there is a next page. */
async function takePage(listing: AsyncIterable<ListEntry>, limit: number, after: ListEntry | undefined) {
  const entries: ListEntry[] = [];
  for await (const entry of listing) {
    if (after && compareEntries(entry, after) <= 0) continue;
    if (entries.length === limit) return { entries, last: entries.at(-1) };
    entries.push(entry);
  }
  return { entries, last: undefined };
}
