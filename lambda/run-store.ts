import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { CLAIM_CONDITION } from '../contract/delivery.ts';
import { parseRunItem, RUN_TABLE, type RunItem, toAttribute } from '../contract/run-item.ts';

/** Who holds a run for one attempt, and until when. */
export interface Lease {
  readonly leaseId: string;
  readonly leaseUntil: number;
}

/** What a run's item gets at its claim, whatever stood there before. */
export interface ClaimFields {
  readonly runId: string;
  readonly task: string;
  readonly epoch: number;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly idempotencyKey?: string;
  /** Absent where the queue is not tracked. */
  readonly listKey?: string;
}

/** The number of the attempt that was begun; or the item as it stood in the way. */
export type ClaimOutcome = { readonly attempt: number } | { readonly seen: RunItem };

/** Attributes to set, and those to remove. */
export interface ItemChange {
  readonly set: Partial<Omit<RunItem, 'runId'>>;
  readonly remove?: readonly (keyof RunItem)[];
}

/** The consumer's writes to the run table. Each is one conditional request, and reads nothing before it. */
export interface RunStore {
  /** Begins an attempt on a run that is absent or that the delivery table says to claim. */
  claim(fields: ClaimFields, lease: Lease, nowMs: number): Promise<ClaimOutcome>;
  /** Begins an attempt on the item exactly as it was seen. */
  take(seen: RunItem, change: ItemChange, lease: Lease): Promise<ClaimOutcome>;
  /** Settles an attempt. Answers false when the lease is no longer ours: a successor owns the run. */
  settle(
    runId: string,
    leaseId: string,
    change: ItemChange & { set: { status: RunItem['status'] } },
  ): Promise<boolean>;
}

export function createRunStore(dynamodb: DynamoDBClient, table: string): RunStore {
  const update = async (
    runId: string,
    input: Pick<
      UpdateItemCommandInput,
      'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames'
    >,
    values: Readonly<Record<string, string | number>>,
  ) =>
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { [RUN_TABLE.partitionKey]: toAttribute(runId) },
        ...input,
        ExpressionAttributeValues: Object.fromEntries(
          Object.entries(values).map(([name, value]) => [`:${name}`, toAttribute(value)]),
        ),
        ReturnValues: 'UPDATED_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );

  return {
    async claim({ runId, createdAt, listKey, ...fields }, lease, nowMs) {
      const set = setExpression({ ...fields, ...lease, status: 'running', startedAt: nowMs });
      const firsts = { createdAt, ...(listKey !== undefined && { listKey }) };
      return await orSeen(lease.leaseId, async () => {
        const { Attributes } = await update(
          runId,
          {
            UpdateExpression: `${set.expression}, attempt = if_not_exists(attempt, :zero) + :one${Object.keys(
              firsts,
            )
              .map(name => `, ${name} = if_not_exists(${name}, :${name})`)
              .join('')}`,
            ConditionExpression: CLAIM_CONDITION,
            ExpressionAttributeNames: set.names,
          },
          { ...set.values, ...firsts, zero: 0, one: 1, now: nowMs, queued: 'queued', retrying: 'retrying' },
        );
        return attemptIn(Attributes);
      });
    },

    async take(seen, { set, remove }, lease) {
      const change = setExpression({ ...set, ...lease, status: 'running' }, remove);
      return await orSeen(lease.leaseId, async () => {
        const { Attributes } = await update(
          seen.runId,
          {
            UpdateExpression: change.expression,
            ConditionExpression: `#status = :seenStatus AND #epoch = :seenEpoch AND ${
              seen.leaseId === undefined ? 'attribute_not_exists(#leaseId)' : '#leaseId = :seenLease'
            }`,
            ExpressionAttributeNames: { ...change.names, '#epoch': 'epoch' },
          },
          {
            ...change.values,
            seenStatus: seen.status,
            seenEpoch: seen.epoch,
            ...(seen.leaseId !== undefined && { seenLease: seen.leaseId }),
          },
        );
        return attemptIn(Attributes);
      });
    },

    async settle(runId, leaseId, { set, remove }) {
      const change = setExpression(set, remove);
      try {
        // `:status` beside `running`: a settling whose answer was lost recognises itself when it is repeated.
        await update(
          runId,
          {
            UpdateExpression: change.expression,
            ConditionExpression: 'leaseId = :leaseId AND #status IN (:running, :status)',
            ExpressionAttributeNames: change.names,
          },
          { ...change.values, leaseId, running: 'running' },
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}

/** A claim whose answer was lost finds its own lease when the SDK repeats it: then it has succeeded. */
async function orSeen(leaseId: string, write: () => Promise<number>): Promise<ClaimOutcome> {
  try {
    return { attempt: await write() };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    if (error.Item === undefined) throw error; // The item vanished in between; the next delivery decides.
    const seen = parseRunItem(error.Item);
    return seen.leaseId === leaseId ? { attempt: seen.attempt } : { seen };
  }
}

function attemptIn(attributes: Record<string, AttributeValue> | undefined): number {
  const attempt = Number(attributes?.attempt?.N);
  if (!Number.isInteger(attempt))
    throw new TypeError('the run table did not answer with the attempt it stored');
  return attempt;
}

function setExpression(set: ItemChange['set'], remove: ItemChange['remove'] = []) {
  const fields = Object.entries(set);
  const assignments = fields.map(([name]) => `#${name} = :${name}`).join(', ');
  const removals = remove.map(name => `#${name}`).join(', ');
  return {
    expression: removals ? `SET ${assignments} REMOVE ${removals}` : `SET ${assignments}`,
    names: Object.fromEntries([...Object.keys(set), ...remove].map(name => [`#${name}`, name])),
    values: Object.fromEntries(fields),
  };
}
