import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { CLAIM_CONDITION } from '../contract/delivery.ts';
import { parseRunItem, RUN_TABLE, type RunItem, toAttribute } from '../contract/run-item.ts';
import { holdSchedule } from './schedule-hold.ts';
import { type StoredStep, storedSteps } from './steps.ts';

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

/** The item of the run that was claimed, with its steps; or the item as it stood in the way. */
export type ClaimOutcome =
  | { readonly claimed: RunItem; readonly steps: ReadonlyMap<string, StoredStep> }
  | { readonly seen: RunItem };

/** What came of a write that only the holder of the lease may make. */
export type FencedOutcome =
  | { readonly outcome: 'written'; readonly item: RunItem }
  /** The lease is ours, but something else stood in the way: the item as it is. */
  | { readonly outcome: 'refused'; readonly item: RunItem }
  /** A successor owns the run. */
  | { readonly outcome: 'leaseLost' };

/** Attributes to set, and those to remove. */
export interface ItemChange {
  readonly set: Partial<Omit<RunItem, 'runId'>>;
  readonly remove?: readonly (keyof RunItem)[];
}

export type SettlingChange = ItemChange & { readonly set: { readonly status: RunItem['status'] } };

/** The consumer's writes to the run table. Each is one conditional request, and reads nothing before it. */
export interface RunStore {
  /** Begins an attempt on a run that is absent or that the delivery table says to claim. */
  claim(fields: ClaimFields, lease: Lease, nowMs: number): Promise<ClaimOutcome>;
  /** Begins an attempt on the item exactly as it was seen. */
  take(seen: RunItem, change: ItemChange, lease: Lease): Promise<ClaimOutcome>;
  /** Writes while an attempt is at work: fields of the item, or a step's result. */
  write(
    runId: string,
    leaseId: string,
    set: Readonly<Record<string, string | number>>,
  ): Promise<FencedOutcome>;
  /** Settles an attempt. One that would have the run tried again is refused when its cancellation was requested. */
  settle(runId: string, leaseId: string, change: SettlingChange): Promise<FencedOutcome>;
  /**
   * Makes the run the one of its schedule that is under way.
   * @returns undefined, or the run that was begun before and has not ended
   */
  holdSchedule(arn: string, runId: string, nowMs: number): Promise<string | undefined>;
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
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );

  return {
    async claim({ runId, createdAt, listKey, ...fields }, lease, nowMs) {
      const set = setExpression({ ...fields, ...lease, status: 'running', startedAt: nowMs });
      const firsts = { createdAt, ...(listKey !== undefined && { listKey }) };
      return await orSeen(lease.leaseId, async () => {
        return await update(
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
      });
    },

    holdSchedule: (arn, runId, nowMs) => holdSchedule(dynamodb, table, { arn, runId, nowMs }),

    async take(seen, { set, remove }, lease) {
      const change = setExpression({ ...set, ...lease, status: 'running' }, remove);
      return await orSeen(lease.leaseId, async () => {
        return await update(
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
      });
    },

    async write(runId, leaseId, set) {
      const { expression, names, values } = setExpression(set);
      return await fenced(leaseId, () =>
        update(
          runId,
          {
            UpdateExpression: expression,
            ConditionExpression: 'leaseId = :leaseId AND #status = :running',
            ExpressionAttributeNames: { ...names, '#status': 'status' },
          },
          { ...values, leaseId, running: 'running' },
        ),
      );
    },

    async settle(runId, leaseId, { set, remove }) {
      const { expression, names, values } = setExpression(set, remove);
      // `:status` beside `running`: a settling whose answer was lost recognises itself when it is repeated.
      const held = 'leaseId = :leaseId AND #status IN (:running, :status)';
      const again = set.status === 'retrying' ? ' AND attribute_not_exists(cancelRequestedAt)' : '';
      return await fenced(leaseId, () =>
        update(
          runId,
          {
            UpdateExpression: expression,
            ConditionExpression: held + again,
            ExpressionAttributeNames: names,
          },
          { ...values, leaseId, running: 'running' },
        ),
      );
    },
  };
}

type Updated = { readonly Attributes?: Record<string, AttributeValue> | undefined };

/** A claim whose answer was lost finds its own lease when the SDK repeats it: then it has succeeded. */
async function orSeen(leaseId: string, write: () => Promise<Updated>): Promise<ClaimOutcome> {
  try {
    return claimedOf((await write()).Attributes ?? {});
  } catch (error) {
    const attributes = attributesInTheWay(error);
    const seen = parseRunItem(attributes);
    return seen.leaseId === leaseId ? claimedOf(attributes) : { seen };
  }
}

async function fenced(leaseId: string, write: () => Promise<Updated>): Promise<FencedOutcome> {
  try {
    return { outcome: 'written', item: parseRunItem((await write()).Attributes ?? {}) };
  } catch (error) {
    const item = parseRunItem(attributesInTheWay(error));
    return item.leaseId === leaseId ? { outcome: 'refused', item } : { outcome: 'leaseLost' };
  }
}

function claimedOf(attributes: Record<string, AttributeValue>): ClaimOutcome {
  return { claimed: parseRunItem(attributes), steps: storedSteps(attributes) };
}

/** The item that failed a write's condition. Any other error is passed on, that of a vanished item, too. */
function attributesInTheWay(error: unknown): Record<string, AttributeValue> {
  if (error instanceof ConditionalCheckFailedException && error.Item !== undefined) return error.Item;
  throw error;
}

function setExpression(set: Readonly<Record<string, string | number>>, remove: ItemChange['remove'] = []) {
  const fields = Object.entries(set);
  const alias = (name: string) => name.replaceAll(/[^a-zA-Z0-9]/g, '_');
  const assignments = fields.map(([name]) => `#${alias(name)} = :${alias(name)}`).join(', ');
  const removals = remove.map(name => `#${name}`).join(', ');
  return {
    expression: removals ? `SET ${assignments} REMOVE ${removals}` : `SET ${assignments}`,
    names: Object.fromEntries([...Object.keys(set), ...remove].map(name => [`#${alias(name)}`, name])),
    values: Object.fromEntries(fields.map(([name, value]) => [alias(name), value])),
  };
}
