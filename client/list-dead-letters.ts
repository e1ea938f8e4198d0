import type { Envelope } from '../contract/envelope.ts';
import { errorFingerprint } from '../contract/error-fingerprint.ts';
import { DYNAMODB } from '../contract/limits.ts';
import type { ObjectRef } from '../contract/object-ref.ts';
import type { Run } from '../contract/run.ts';
import { type RunItem, toRun } from '../contract/run-item.ts';
import type { ClientContext } from './client-context.ts';
import { type DeadLetterFilter, factsOf } from './dead-letter-filter.ts';
import { type DeadLetterRange, deadLetterRange, readDeadLetters } from './dead-letter-listing.ts';
import { decodeCursor, encodeCursor, type ListEntry } from './list-cursor.ts';
import { pageSizeOf } from './page-size.ts';

export interface DeadLetterListOptions extends DeadLetterFilter {
  /**
   * @default 14 days before `to`, the longest that SQS keeps a letter
   */
  readonly from?: Date;
  /** @default now */
  readonly to?: Date;
  /**
   * Runs of a page, 1 to 100.
   * @default 50
   */
  readonly limit?: number;
  /** Of the page before; the filter must be the same as there. */
  readonly cursor?: string;
}

/** A dead-lettered run, with what a redrive would send. */
export interface DeadLetteredRun extends Run {
  /** The same for runs of a task that failed alike: `redriveAll({ error: fingerprint })`. */
  readonly fingerprint: string;
  /** Absent when it was too large to be stored with the run; then it is in the dead-letter queue alone. */
  readonly payload?: unknown;
  /** In place of the payload, when that lies in the payload bucket: at `<queue name>/<run id>/<epoch>-<sha256>`. */
  readonly payloadRef?: ObjectRef;
}

export interface DeadLetterPage {
  /** Newest first. It may be fewer than the limit, even none, on a page that is not the last. */
  readonly runs: readonly DeadLetteredRun[];
  /** For the next page; absent on the last. */
  readonly cursor?: string;
}

/** Runs that a page looks at, at most: a filter that fits few runs costs several pages, not one endless call. */
const MAX_LOOKED_AT = 1000;

export async function listDeadLetters(
  context: ClientContext,
  options: DeadLetterListOptions = {},
): Promise<DeadLetterPage> {
  const { limit: askedLimit, cursor, ...filter } = options;
  const limit = pageSizeOf(askedLimit, DYNAMODB.maxBatchGetKeys);
  const range = resolveRange(filter, cursor, context.clock.now());
  const runs: DeadLetteredRun[] = [];
  let last: ListEntry | undefined;
  let lookedAt = 0;
  for await (const { entry, item } of readDeadLetters(context, filter, range)) {
    if (last && (runs.length === limit || lookedAt === MAX_LOOKED_AT)) {
      return { runs, cursor: encodeCursor({ of: listingOf(filter), fromMs: range.fromMs, after: last }) };
    }
    if (item) runs.push(toDeadLetteredRun(item));
    last = entry;
    lookedAt++;
  }
  return { runs };
}

function resolveRange(filter: DeadLetterFilter, cursor: string | undefined, nowMs: number): DeadLetterRange {
  if (cursor === undefined) return deadLetterRange(filter, nowMs);
  const { fromMs, after } = decodeCursor(cursor, 'listDeadLetters', listingOf(filter));
  return { fromMs, toMs: after.atMs, after };
}

/** With a space, which no task's name has: a cursor of listRuns is none of ours. */
const listingOf = ({ task }: DeadLetterFilter) => `dead letters of ${task?.name ?? 'all'}`;

function toDeadLetteredRun(item: RunItem): DeadLetteredRun {
  const envelope: Partial<Pick<Envelope, 'payload' | 'payloadRef'>> =
    item.envelope === undefined ? {} : (JSON.parse(item.envelope) as object);
  return {
    ...toRun(item),
    fingerprint: errorFingerprint(factsOf(item)),
    ...('payload' in envelope && { payload: envelope.payload }),
    ...(envelope.payloadRef && { payloadRef: envelope.payloadRef }),
  };
}
