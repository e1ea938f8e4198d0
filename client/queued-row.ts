import { randomBytes } from 'node:crypto';
import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  type Attribute,
  hashPayload,
  listKey,
  parseRunItem,
  type RunItem,
  toAttribute,
} from '../contract/run-item.ts';
import type { ClientContext } from './client-context.ts';
import type { PreparedSend } from './prepared-send.ts';
import { firstScheduleName } from './run-schedule.ts';

/** What became of a conditional write; `existing` is the item that stood in its way. */
export type PutOutcome =
  | { readonly written: true }
  | { readonly written: false; readonly existing: RunItem | undefined };

/**
 * Writes the run's `queued` row where there is none, or exactly in the place of `replaced`.
 * A failed condition is answered with the item, so that no read is needed.
 */
export async function putQueuedRow(
  { dynamodb }: ClientContext,
  send: PreparedSend,
  replaced?: RunItem,
): Promise<PutOutcome> {
  const row = toQueuedRow(send, replaced);
  const command = new PutItemCommand({
    TableName: send.queue.table,
    Item: toAttributes(row),
    ...(replaced ? isStill(replaced) : { ConditionExpression: 'attribute_not_exists(runId)' }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    await dynamodb.send(command);
    return { written: true };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const existing = error.Item && parseRunItem(error.Item);
    // This very write, whose answer was lost, when the SDK repeats it.
    if (row.sentBy !== undefined && row.sentBy === existing?.sentBy) return { written: true };
    return { written: false, existing };
  }
}

/** @param replaced an earlier life of the run: what may still be sent of it must find the run remembered */
function toQueuedRow(send: PreparedSend, replaced: RunItem | undefined): RunItem {
  const { task, queue, envelope, payloadJson, createdAt, scheduledFor, byScheduler } = send;
  const { runId, epoch, idempotencyKey, keyEpoch } = envelope;
  const longestRetentionMs = Math.max(...Object.values(task.policy.retentionMs));
  const { latestCopyAt = 0 } = replaced ?? {};
  const latest = Math.max(scheduledFor ?? createdAt, latestCopyAt);
  return {
    runId,
    task: task.name,
    status: 'queued',
    epoch,
    attempt: 0,
    createdAt,
    expiresAt: Math.ceil((latest + longestRetentionMs) / 1000),
    ...(latestCopyAt > createdAt && { latestCopyAt }),
    ...(scheduledFor !== undefined && { scheduledFor }),
    ...(byScheduler && { scheduleName: firstScheduleName(envelope) }),
    ...(queue.trackQueued !== false && { listKey: listKey(task.name, createdAt, runId) }),
    ...(idempotencyKey !== undefined && {
      idempotencyKey,
      payloadHash: hashPayload(JSON.parse(payloadJson)),
      sentBy: randomBytes(9).toString('base64url'),
    }),
    ...(keyEpoch !== undefined && { keyEpoch }),
  };
}

function isStill({ epoch, status, attempt, expiresAt = 0 }: RunItem) {
  return {
    ConditionExpression:
      'epoch = :epoch AND #status = :status AND attempt = :attempt AND expiresAt = :expiresAt',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: toAttributes({
      ':epoch': epoch,
      ':status': status,
      ':attempt': attempt,
      ':expiresAt': expiresAt,
    }),
  };
}

function toAttributes(values: object): Record<string, Attribute> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]: [string, string | number]) => [name, toAttribute(value)]),
  );
}
