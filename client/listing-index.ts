import { type DynamoDBClient, QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { LIST_SHARDS, listKeyOfShard, RUN_TABLE, toAttribute } from '../contract/run-item.ts';
import { compareEntries, type ListEntry } from './list-cursor.ts';

export interface IndexRange {
  readonly table: string;
  readonly task: string;
  /** Inclusive, as is `toMs`. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Entries of a request: about what the caller wants in all. */
  readonly pageSize: number;
}

type Entries = AsyncGenerator<ListEntry, void, undefined>;

const HOUR_MS = 3_600_000;

/** Hours that are read side by side at most, when the ones before held nothing or little. */
const WIDEST_WINDOW_HOURS = 12;

/**
 * Entries of the listing index in the order of {@link compareEntries}, read as far as they are asked for. It walks back
 * in windows of hours that double, so that a busy task costs few requests and a quiet one few round trips.
 */
export async function* readListing(dynamodb: DynamoDBClient, range: IndexRange): Entries {
  const oldestHour = Math.floor(range.fromMs / HOUR_MS);
  let hour = Math.floor(range.toMs / HOUR_MS);
  for (let width = 1; hour >= oldestHour; width = Math.min(width * 2, WIDEST_WINDOW_HOURS)) {
    const hours = Array.from({ length: Math.min(width, hour - oldestHour + 1) }, (_, back) => hour - back);
    yield* mergeNewestFirst(hours.flatMap(each => readHour(dynamodb, range, each)));
    hour -= width;
  }
}

function readHour(dynamodb: DynamoDBClient, range: IndexRange, hour: number): Entries[] {
  return Array.from({ length: LIST_SHARDS }, (_, shard) =>
    readPartition(dynamodb, range, listKeyOfShard(range.task, hour * HOUR_MS, shard)),
  );
}

/** One partition, newest first. DynamoDB promises no order among the entries of one millisecond. */
async function* readPartition(dynamodb: DynamoDBClient, range: IndexRange, key: string): Entries {
  const { name, partitionKey, sortKey } = RUN_TABLE.listIndex;
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
    for (const { runId, createdAt } of page.Items ?? []) {
      if (runId?.S !== undefined) yield { runId: runId.S, createdAt: Number(createdAt?.N) };
    }
    start = page.LastEvaluatedKey;
  } while (start);
}

/** Takes the entries of one millisecond together, over all streams, for only then can they be put in order. */
async function* mergeNewestFirst(streams: readonly Entries[]): Entries {
  const heads = await Promise.all(streams.map(stream => stream.next()));
  for (;;) {
    const newest = Math.max(
      ...heads.map(head => (head.done ? Number.NEGATIVE_INFINITY : head.value.createdAt)),
    );
    if (newest === Number.NEGATIVE_INFINITY) return;
    const sameTime: ListEntry[] = [];
    for (const [index, stream] of streams.entries()) {
      let head = heads[index];
      while (head && !head.done && head.value.createdAt === newest) {
        sameTime.push(head.value);
        head = await stream.next();
        heads[index] = head;
      }
    }
    yield* sameTime.sort(compareEntries);
  }
}
