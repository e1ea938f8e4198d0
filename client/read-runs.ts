import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { backoffMs, resolveRetryPolicy } from '../contract/retry-policy.ts';
import { parseRunItem, type RunItem, toAttribute } from '../contract/run-item.ts';
import type { ClientContext } from './client-context.ts';

/** For keys that DynamoDB left over. A page of large items needs several requests even when nothing is throttled. */
const RETRY = resolveRetryPolicy({
  attempts: 10,
  backoff: { type: 'exponential', base: '50ms', max: '2s', jitter: 'equal' },
});

/**
 * Items of at most 100 runs by their ids, strongly consistent: the index may be ahead of a replica of its table.
 *
 * @returns those that are there, in the order of their ids
 */
export async function readRuns(
  { dynamodb, clock }: ClientContext,
  table: string,
  runIds: readonly string[],
): Promise<readonly RunItem[]> {
  const found = new Map<string, RunItem>();
  let wanted: BatchGetItemCommandInput['RequestItems'] = {
    [table]: { Keys: runIds.map(runId => ({ runId: toAttribute(runId) })), ConsistentRead: true },
  };
  for (let attempt = 1; runIds.length > 0; attempt++) {
    const answer: BatchGetItemCommandOutput = await dynamodb.send(
      new BatchGetItemCommand({ RequestItems: wanted }),
    );
    for (const item of answer.Responses?.[table]?.map(parseRunItem) ?? []) found.set(item.runId, item);
    wanted = answer.UnprocessedKeys;
    if (!wanted?.[table]) break;
    if (attempt === RETRY.attempts) {
      throw new Error(
        `DynamoDB left ${wanted[table].Keys?.length} of ${runIds.length} runs of table ${table} unread after ` +
          `${attempt} requests; ask for fewer at a time, or later`,
      );
    }
    await clock.sleep(backoffMs(RETRY, attempt, Math.random));
  }
  return runIds.flatMap(runId => found.get(runId) ?? []);
}
