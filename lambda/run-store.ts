import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { CLAIM_CONDITION, type Delivery } from '../contract/delivery.ts';
import type { RunError } from '../contract/run.ts';
import { parseRunItem, RUN_TABLE, type RunItem } from '../contract/run-item.ts';
import { holdSchedule } from './schedule-hold.ts';
import { type StoredStep, storedSteps } from './steps.ts';
import { type Change, changeOf, toValues, type Values } from './update-expression.ts';

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

/** What of the delivery the claim's condition compares, beside the epoch. */
export type ClaimedMessage = Pick<Delivery, 'nowMs' | 'moves'>;

/** What an attempt must know of the run that it holds. */
export interface ClaimedRun {
  /** Its own number. */
  readonly attempt: number;
  readonly cancelRequested: boolean;
  /** Results, by step. */
  readonly steps: ReadonlyMap<string, StoredStep>;
  /** As in the item. */
  readonly latestCopyAt?: number;
}

/** The run that was claimed, or its item as it stood in the way. */
export type ClaimOutcome = { readonly claimed: ClaimedRun } | { readonly seen: RunItem };

/** What came of a write that only the holder of the lease may make. */
export type FencedOutcome =
  | { readonly outcome: 'written'; readonly cancelRequested: boolean }
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
  claim(fields: ClaimFields, lease: Lease, message: ClaimedMessage): Promise<ClaimOutcome>;
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
  /** Ends a dead-lettered run whose letter has become the run of a key: nobody is to redrive it once more. */
  replace(
    letter: Pick<RunItem, 'runId' | 'epoch'>,
    by: Pick<RunItem, 'runId' | 'idempotencyKey'>,
  ): Promise<void>;
  /**
   * Makes the run the one of its schedule that is under way.
   * @returns undefined, or the run that was begun before and has not ended
   */
  holdSchedule(arn: string, runId: string, nowMs: number): Promise<string | undefined>;
}

export function createRunStore(dynamodb: DynamoDBClient, table: string): RunStore {
  const update = async (
    runId: string,
    { condition, change, values, answer }: Write,
  ): Promise<Record<string, AttributeValue>> => {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: { [RUN_TABLE.partitionKey]: { S: runId } },
      UpdateExpression: change.expression,
      ConditionExpression: condition,
      ExpressionAttributeNames: { '#status': 'status', ...change.names },
      ExpressionAttributeValues: { ...change.values, ...toValues(values) },
      ReturnValues: answer,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return (await dynamodb.send(command)).Attributes ?? {};
  };

  return {
    async claim({ runId, createdAt, listKey, ...fields }, lease, { nowMs, moves = 0 }) {
      const { expression, ...set } = changeOf({ ...fields, ...lease, status: 'running' });
      const firsts = { createdAt, ...(listKey !== undefined && { listKey }) };
      const keepFirsts = Object.keys(firsts).map(name => `, ${name} = if_not_exists(${name}, :${name})`);
      return await orSeen(lease.leaseId, async () => {
        // Most runs are absent until now: answered with what was there before, they are answered with nothing.
        const before = await update(runId, {
          condition: CLAIM_CONDITION,
          change: {
            ...set,
            expression: `${expression}, startedAt = :now${keepFirsts.join('')} ADD attempt :one`,
          },
          values: { ...firsts, one: 1, now: nowMs, moves, queued: 'queued', retrying: 'retrying' },
          answer: 'ALL_OLD',
        });
        return claimedOf(before, attemptOf(before) + 1);
      });
    },

    async take(seen, { set, remove }, lease) {
      const sameLease = seen.leaseId === undefined ? 'attribute_not_exists(leaseId)' : 'leaseId = :seenLease';
      return await orSeen(lease.leaseId, async () => {
        const taken = await update(seen.runId, {
          condition: `#status = :seenStatus AND epoch = :seenEpoch AND ${sameLease}`,
          change: changeOf({ ...set, ...lease, status: 'running' }, remove),
          values: {
            seenStatus: seen.status,
            seenEpoch: seen.epoch,
            ...(seen.leaseId !== undefined && { seenLease: seen.leaseId }),
          },
          answer: 'ALL_NEW',
        });
        return claimedOf(taken, attemptOf(taken));
      });
    },

    async write(runId, leaseId, set) {
      return await fenced(leaseId, () =>
        update(runId, {
          condition: 'leaseId = :leaseId AND #status = :running',
          change: changeOf(set),
          values: { leaseId, running: 'running' },
          answer: 'ALL_NEW',
        }),
      );
    },

    async settle(runId, leaseId, { set, remove }) {
      // `:status` beside `running`: a settling whose answer was lost recognises itself when it is repeated.
      const held = 'leaseId = :leaseId AND #status IN (:running, :status)';
      const again = set.status === 'retrying' ? ' AND attribute_not_exists(cancelRequestedAt)' : '';
      return await fenced(leaseId, () =>
        update(runId, {
          condition: held + again,
          change: changeOf(set, remove),
          values: { leaseId, running: 'running' },
          answer: 'NONE',
        }),
      );
    },

    async replace({ runId, epoch }, by) {
      const message = `its task gives it the key '${by.idempotencyKey}': it is run ${by.runId}`;
      const error = JSON.stringify({ name: 'RunReplacedError', message } satisfies RunError);
      try {
        await update(runId, {
          condition: '#status = :deadLettered AND epoch < :letterEpoch',
          change: changeOf({ status: 'canceled', error }, ['deadLetterKey', 'envelope', 'groupKey', 'cause']),
          values: { deadLettered: 'deadLettered', letterEpoch: epoch },
          answer: 'NONE',
        });
      } catch (refused) {
        // Forgotten, discarded, or replaced before.
        if (!(refused instanceof ConditionalCheckFailedException)) throw refused;
      }
    },

    holdSchedule: (arn, runId, nowMs) => holdSchedule(dynamodb, table, { arn, runId, nowMs }),
  };
}

/** One conditional request. */
interface Write {
  readonly condition: string;
  readonly change: Change;
  /** Those of the condition. */
  readonly values: Values;
  readonly answer: 'NONE' | 'ALL_OLD' | 'ALL_NEW';
}

type Attributes = Readonly<Record<string, AttributeValue>>;

/** A claim whose answer was lost finds its own lease when the SDK repeats it: then it has succeeded. */
async function orSeen(leaseId: string, claim: () => Promise<ClaimOutcome>): Promise<ClaimOutcome> {
  try {
    return await claim();
  } catch (error) {
    const item = itemInTheWay(error);
    const seen = parseRunItem(item);
    return seen.leaseId === leaseId ? claimedOf(item, seen.attempt) : { seen };
  }
}

async function fenced(leaseId: string, write: () => Promise<Attributes>): Promise<FencedOutcome> {
  try {
    return { outcome: 'written', cancelRequested: 'cancelRequestedAt' in (await write()) };
  } catch (error) {
    const item = parseRunItem(itemInTheWay(error));
    return item.leaseId === leaseId ? { outcome: 'refused', item } : { outcome: 'leaseLost' };
  }
}

function claimedOf(item: Attributes, attempt: number): ClaimOutcome {
  return {
    claimed: {
      attempt,
      cancelRequested: 'cancelRequestedAt' in item,
      steps: storedSteps(item),
      ...(item.latestCopyAt?.N !== undefined && { latestCopyAt: Number(item.latestCopyAt.N) }),
    },
  };
}

function attemptOf({ attempt }: Attributes): number {
  return Number(attempt?.N ?? 0);
}

/** The item that failed a write's condition. Any other error is passed on, that of a vanished item, too. */
function itemInTheWay(error: unknown): Attributes {
  if (error instanceof ConditionalCheckFailedException && error.Item !== undefined) return error.Item;
  throw error;
}
