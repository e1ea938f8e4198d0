import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DYNAMODB } from '../contract/limits.ts';
import { compareEntries, decodeCursor, encodeCursor, type ListEntry } from './list-cursor.ts';
import { RUNS, readListing } from './listing-index.ts';
import { pageSizeOf } from './page-size.ts';

/** Which runs to list, newest first. */
export interface ListRange {
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

/** Whose runs are listed, and where. */
export interface Listing {
  readonly dynamodb: DynamoDBClient;
  readonly table: string;
  /** The name that they are listed under. */
  readonly of: string;
  /** For messages. */
  readonly verb: string;
  readonly nowMs: number;
}

const DEFAULT_RANGE_MS = 24 * 3_600_000;

/** @throws RangeError when the limit, the range or the cursor is not valid */
export async function readListPage(
  listing: Listing,
  range: ListRange,
): Promise<{ readonly runIds: readonly string[]; readonly cursor?: string }> {
  const { dynamodb, table, of } = listing;
  const limit = pageSizeOf(range.limit, DYNAMODB.maxBatchGetKeys);
  const { fromMs, toMs, after } = resolveRange(listing, range);
  const index = readListing(dynamodb, RUNS, { table, tasks: [of], fromMs, toMs, pageSize: limit + 1 });
  const { entries, last } = await takePage(index, limit, after);
  return {
    runIds: entries.map(({ runId }) => runId),
    ...(last && { cursor: encodeCursor({ of, fromMs, after: last }) }),
  };
}

interface ResolvedRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly after?: ListEntry;
}

function resolveRange({ of, verb, nowMs }: Listing, { from, to, cursor }: ListRange): ResolvedRange {
  if (cursor !== undefined) {
    const { fromMs, after } = decodeCursor(cursor, verb, of);
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
async function takePage(index: AsyncIterable<ListEntry>, limit: number, after: ListEntry | undefined) {
  const entries: ListEntry[] = [];
  for await (const entry of index) {
    if (after && compareEntries(entry, after) <= 0) continue;
    if (entries.length === limit) return { entries, last: entries.at(-1) };
    entries.push(entry);
  }
  return { entries, last: undefined };
}
