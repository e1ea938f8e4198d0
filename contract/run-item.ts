import { createHash } from 'node:crypto';
import {
  type DeadLetterCause,
  type Run,
  type RunError,
  type RunProgress,
  type RunStatus,
  TRANSITIONS,
} from './run.ts';
import { toPastLives } from './run-history.ts';

/**
 * A run as it lies in the run table: one item, which is the idempotency record and the status record in one. Times
 * are milliseconds since the epoch, but for `expiresAt`, which DynamoDB wants in seconds.
 */
export interface RunItem {
  readonly runId: string;
  readonly task: string;
  readonly status: RunStatus;
  readonly epoch: number;
  readonly attempt: number;
  readonly createdAt: number;
  /** SHA-256 of a keyed send's payload: another payload under the same key is an error. */
  readonly payloadHash?: string;
  readonly idempotencyKey?: string;
  /** Random, of the keyed send that wrote the row: so a write that is repeated recognises itself. */
  readonly sentBy?: string;
  /** As in the envelope. */
  readonly keyEpoch?: number;
  readonly notBefore?: number;
  /** When a delayed run is to begin. */
  readonly scheduledFor?: number;
  /** What EventBridge Scheduler holds it under until then. */
  readonly scheduleName?: string;
  /** How often it was moved to another time. */
  readonly moves?: number;
  /**
   * Of a run that somebody moved, or began to: until when a schedule of it may fire that is of no use. It is remembered for
   * longer, or its message would begin it anew.
   */
  readonly latestCopyAt?: number;
  /** Who may write the outcome. It stays after the finish, so that a repeated finish recognises itself. */
  readonly leaseId?: string;
  readonly leaseUntil?: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  /** JSON. */
  readonly result?: string;
  /** JSON of a `RunProgress`. */
  readonly progress?: string;
  /** When a long attempt last said that it is alive. */
  readonly heartbeatAt?: number;
  /** JSON of a `RunError`. */
  readonly error?: string;
  readonly cause?: DeadLetterCause;
  /** A dead-lettered run's message body, when it fits. */
  readonly envelope?: string;
  /** The message's group, for its redrive. */
  readonly groupKey?: string;
  /** When a running run was asked to end. Of this epoch: a new one begins without it. */
  readonly cancelRequestedAt?: number;
  /** When and why an operator gave a dead-lettered run up for good. */
  readonly discardedAt?: number;
  readonly discardReason?: string;
  /** JSON of the lives before this one. */
  readonly history?: string;
  /** TTL, in seconds. DynamoDB deletes late: whoever reads it compares the time too. */
  readonly expiresAt?: number;
  /** Partition key of the listing index. */
  readonly listKey?: string;
  /** Partition key of the dead-letter index; present in dead-lettered items only. */
  readonly deadLetterKey?: string;
}

/** Names that the construct creates and that the client and the consumer use. */
export const RUN_TABLE = {
  partitionKey: 'runId',
  timeToLiveAttribute: 'expiresAt',
  /** Every tracked run: keys only, written once. */
  listIndex: { name: 'byTask', partitionKey: 'listKey', sortKey: 'createdAt' },
  /** Dead-lettered runs only. */
  deadLetterIndex: { name: 'deadLetters', partitionKey: 'deadLetterKey', sortKey: 'finishedAt' },
} as const;

/** The DynamoDB type of each attribute. The item needs no other, so no general marshaller is bundled. */
const ATTRIBUTE_TYPES: Readonly<Record<keyof RunItem, 'S' | 'N'>> = {
  runId: 'S',
  task: 'S',
  status: 'S',
  epoch: 'N',
  attempt: 'N',
  createdAt: 'N',
  payloadHash: 'S',
  idempotencyKey: 'S',
  sentBy: 'S',
  keyEpoch: 'N',
  notBefore: 'N',
  scheduledFor: 'N',
  scheduleName: 'S',
  moves: 'N',
  latestCopyAt: 'N',
  leaseId: 'S',
  leaseUntil: 'N',
  startedAt: 'N',
  finishedAt: 'N',
  result: 'S',
  progress: 'S',
  heartbeatAt: 'N',
  error: 'S',
  cause: 'S',
  envelope: 'S',
  groupKey: 'S',
  cancelRequestedAt: 'N',
  discardedAt: 'N',
  discardReason: 'S',
  history: 'S',
  expiresAt: 'N',
  listKey: 'S',
  deadLetterKey: 'S',
};

/** A DynamoDB attribute value, as far as a run item uses them. Assignable to and from the SDK's `AttributeValue`. */
export type Attribute = { readonly S: string } | { readonly N: string };

export function toAttribute(value: string | number): Attribute {
  return typeof value === 'number' ? { N: String(value) } : { S: value };
}

/** @throws TypeError when an attribute of a run item is not what the consumer writes */
export function parseRunItem(
  attributes: Readonly<Record<string, { S?: string | undefined; N?: string | undefined }>>,
): RunItem {
  const item: Record<string, string | number> = {};
  for (const [name, type] of Object.entries(ATTRIBUTE_TYPES)) {
    const attribute = attributes[name];
    if (attribute === undefined) continue;
    const value = attribute[type];
    if (value === undefined) {
      throw new TypeError(
        `attribute ${name} of a run item must be of type ${type}, got ${JSON.stringify(attribute)}`,
      );
    }
    item[name] = type === 'N' ? parseNumber(name, value) : value;
  }
  for (const name of ['runId', 'task', 'status', 'epoch', 'attempt', 'createdAt'] as const) {
    if (item[name] === undefined)
      throw new TypeError(`a run item must have the attribute ${name}; got ${Object.keys(item)}`);
  }
  if (!Object.hasOwn(TRANSITIONS, item.status ?? '')) {
    const statuses = Object.keys(TRANSITIONS).join(', ');
    throw new TypeError(`attribute status of a run item must be one of ${statuses}; got ${item.status}`);
  }
  return item as unknown as RunItem;
}

function parseNumber(name: string, text: string): number {
  const number = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(number)) {
    throw new TypeError(`attribute ${name} of a run item must be a number, got ${JSON.stringify(text)}`);
  }
  return number;
}

/** The run that an item stands for, as applications read it. */
export function toRun(item: RunItem): Run {
  const date = (ms: number) => new Date(ms);
  return {
    runId: item.runId,
    task: item.task,
    status: item.status,
    epoch: item.epoch,
    attempt: item.attempt,
    createdAt: date(item.createdAt),
    ...(item.scheduledFor !== undefined && { scheduledFor: date(item.scheduledFor) }),
    ...(item.startedAt !== undefined && { startedAt: date(item.startedAt) }),
    ...(item.finishedAt !== undefined && { finishedAt: date(item.finishedAt) }),
    ...(item.status === 'retrying' && item.notBefore !== undefined && { notBefore: date(item.notBefore) }),
    ...(item.result !== undefined && { result: JSON.parse(item.result) as unknown }),
    ...(item.progress !== undefined && { progress: JSON.parse(item.progress) as RunProgress }),
    ...(item.heartbeatAt !== undefined && { heartbeatAt: date(item.heartbeatAt) }),
    ...(item.error !== undefined && { error: JSON.parse(item.error) as RunError }),
    ...(item.cause !== undefined && { cause: item.cause }),
    ...(item.idempotencyKey !== undefined && { idempotencyKey: item.idempotencyKey }),
    ...(item.cancelRequestedAt !== undefined && { cancelRequestedAt: date(item.cancelRequestedAt) }),
    ...(isDiscarded(item) && { discardedAt: date(item.discardedAt), discardReason: item.discardReason }),
    ...(item.history !== undefined && { history: toPastLives(item.history) }),
  };
}

type Discarded = Required<Pick<RunItem, 'discardedAt' | 'discardReason'>>;

/**
 * Whether an operator gave the run up. Discarding takes it out of the dead-letter index, and only another
 * dead-lettering puts it in again: then what is left of an earlier discarding no longer counts.
 */
export function isDiscarded(item: RunItem): item is RunItem & Discarded {
  const { status, discardedAt, discardReason, deadLetterKey } = item;
  const marked = discardedAt !== undefined && discardReason !== undefined;
  return status === 'deadLettered' && marked && deadLetterKey === undefined;
}

/** The same for payloads that differ in nothing but the order of their fields. */
export function hashPayload(payload: unknown): string {
  const inOrder = (_: string, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return createHash('sha256').update(JSON.stringify(payload, inOrder)).digest('hex');
}

/** Partitions of the listing index for each task and hour, so that no key is hot: 1,000 writes/s each. */
export const LIST_SHARDS = 4;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export function listKey(task: string, createdAtMs: number, runId: string): string {
  return listKeyOfShard(task, createdAtMs, shardOf(runId));
}

export function listKeyOfShard(task: string, timeMs: number, shard: number): string {
  return `${task}#${Math.floor(timeMs / HOUR_MS)}#${shard}`;
}

/** Dead letters are fewer and are looked for over weeks: their index is parted by the day. */
export function deadLetterKey(task: string, finishedAtMs: number, runId: string): string {
  return deadLetterKeyOfShard(task, finishedAtMs, shardOf(runId));
}

export function deadLetterKeyOfShard(task: string, timeMs: number, shard: number): string {
  return `${task}#${Math.floor(timeMs / DAY_MS)}#${shard}`;
}

function shardOf(runId: string): number {
  return createHash('sha1').update(runId).digest().readUInt32BE(0) % LIST_SHARDS;
}
