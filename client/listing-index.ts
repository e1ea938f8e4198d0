import { type DynamoDBClient, QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import {
  deadLetterKeyOfShard,
  LIST_SHARDS,
  listKeyOfShard,
  RUN_TABLE,
  toAttribute,
} from '../contract/run-item.ts';
import { compareEntries, type ListEntry } from './list-cursor.ts';

export interface IndexRange {
  readonly table: string;
  readonly tasks: readonly string[];
  /** Inclusive, as is `toMs`. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Entries of a request: about what the caller wants in all. */
  readonly pageSize: number;
}

/** An index of the run table that is parted by time. */
interface Index {
  readonly attributes: { readonly name: string; readonly partitionKey: string; readonly sortKey: string };
  /** How long a partition is. */
  readonly periodMs: number;
  readonly keyOf: (task: string, timeMs: number, shard: number) => string;
}

/** Tracked runs, by creation. */
export const RUNS: Index = {
  attributes: RUN_TABLE.listIndex,
  periodMs: 3_600_000,
  keyOf: listKeyOfShard,
};

/** Dead-lettered runs, by the time at which they were given up. */
export const DEAD_LETTERS: Index = {
  attributes: RUN_TABLE.deadLetterIndex,
  periodMs: 86_400_000,
  keyOf: deadLetterKeyOfShard,
};

type Entries = AsyncGenerator<ListEntry, void, undefined>;

/** Periods that are read side by side at most, when the ones before held nothing or little. */
const WIDEST_WINDOW = 12;

/**
 * Entries of an index in the order of {@link compareEntries}, read as far as they are asked for. It walks back in
 * windows of periods that double, so that a busy task costs few requests and a quiet one few round trips.
 */
export async function* readListing(dynamodb: DynamoDBClient, index: Index, range: IndexRange): Entries {
  const oldest = Math.floor(range.fromMs / index.periodMs);
  let period = Math.floor(range.toMs / index.periodMs);
  for (let width = 1; period >= oldest; width = Math.min(width * 2, WIDEST_WINDOW)) {
    const periods = Array.from({ length: Math.min(width, period - oldest + 1) }, (_, back) => period - back);
    const keys = periods.flatMap(each => keysOf(index, range, each * index.periodMs));
    yield* mergeNewestFirst(keys.map(key => readPartition(dynamodb, index, range, key)));
    period -= width;
  }
}

function keysOf(index: Index, { tasks }: IndexRange, timeMs: number): string[] {
  return tasks.flatMap(task =>
    Array.from({ length: LIST_SHARDS }, (_, shard) => index.keyOf(task, timeMs, shard)),
  );
}

/** One partition, newest first. DynamoDB promises no order among the entries of one millisecond. */
async function* readPartition(
  dynamodb: DynamoDBClient,
  { attributes: { name, partitionKey, sortKey } }: Index,
  range: IndexRange,
  key: string,
): Entries {
  let start: QueryCommandOutput['LastEvaluatedKey'];
  do {
    const page: QueryCommandOutput = await dynamodb.send(
      new QueryCommand({
        TableName: range.table,
        IndexName: name,
        KeyConditionExpression: `${partitionKey} = :key AND ${sortKey} BETWEEN :from AND :to`,
        ExpressionAttributeValues: {
          ':key': toAttribute(key),
          ':from': toAttribute(range.fromMs),
          ':to': toAttribute(range.toMs),
        },
        ScanIndexForward: false,
        Limit: range.pageSize,
        ExclusiveStartKey: start,
      }),
    );
    for (const { runId, [sortKey]: at } of page.Items ?? []) {
      if (runId?.S !== undefined) yield { runId: runId.S, atMs: Number(at?.N) };
    }
    start = page.LastEvaluatedKey;
  } while (start);
}

/** Takes the entries of one millisecond together, over all streams, for only then can they be put in order. */
export async function* mergeNewestFirst<Entry extends ListEntry>(
  streams: readonly AsyncGenerator<Entry, void, undefined>[],
): AsyncGenerator<Entry, void, undefined> {
  const heads = await Promise.all(streams.map(stream => stream.next()));
  for (;;) {
    const newest = Math.max(...heads.map(head => (head.done ? Number.NEGATIVE_INFINITY : head.value.atMs)));
    if (newest === Number.NEGATIVE_INFINITY) return;
    const sameTime: Entry[] = [];
    for (const [index, stream] of streams.entries()) {
      let head = heads[index];
      while (head && !head.done && head.value.atMs === newest) {
        sameTime.push(head.value);
        head = await stream.next();
        heads[index] = head;
      }
    }
    yield* sameTime.sort(compareEntries);
  }
}
