import { SQS } from '../contract/limits.ts';
import { batchChunks } from './batch-chunks.ts';
import type { ClientContext } from './client-context.ts';
import { type DeadLetterFilter, matches } from './dead-letter-filter.ts';
import { queuesOf } from './find-queue.ts';
import { type JudgedLetter, judgeLetters } from './judge-dead-letter.ts';
import { factsOfLetter, type QueuedDeadLetter } from './queued-dead-letter.ts';
import { type LetterRedrive, redriveLetter } from './redrive-message.ts';
import { sendBatch } from './send-batch.ts';
import { walkDeadLetters } from './walk-dead-letters.ts';

export interface RedriveAllOptions {
  /**
   * Letters to redrive at most.
   * @default all that match
   */
  readonly limit?: number;
  /**
   * Letters to redrive in a second at most, 0.1 or more.
   * @default as fast as one request after another goes
   */
  readonly rate?: number;
  /**
   * Counts what would be done, and changes nothing.
   * @default false
   */
  readonly dryRun?: boolean;
  /** Ends the redrive between two batches. What was done until then is answered. */
  readonly signal?: AbortSignal;
}

/** Letters by what became of them. */
export interface RedriveCounts {
  readonly redriven: number;
  /** Removed, since their runs have gone on, have ended well, or were discarded. */
  readonly stale: number;
  /** Not matched by the filter. */
  readonly skipped: number;
  /** Not taken by SQS; they lie where they lay. */
  readonly failed: number;
  /** Why the first of them failed. */
  readonly firstError?: Error;
}

/** Slower than this, a letter would become visible again while it is held back. */
const LOWEST_RATE = 0.1;

export async function redriveAll(
  context: ClientContext,
  filter: DeadLetterFilter = {},
  options: RedriveAllOptions = {},
): Promise<RedriveCounts> {
  const {
    limit = Number.POSITIVE_INFINITY,
    rate = Number.POSITIVE_INFINITY,
    dryRun = false,
    signal,
  } = options;
  if (!(limit >= 1)) throw new RangeError(`limit must be 1 or more, got ${limit}`);
  if (!(rate >= LOWEST_RATE)) {
    throw new RangeError(
      `rate must be ${LOWEST_RATE} or more letters a second, got ${rate}; leave it out for as fast as it goes`,
    );
  }
  const counts = { redriven: 0, stale: 0, skipped: 0, failed: 0 };
  let firstError: Error | undefined;
  let restUntil = 0;
  const redrivenEpochs = new Map<string, number>();

  const visit = async (letters: readonly QueuedDeadLetter[]) => {
    if (await aborted(context, restUntil - context.clock.now(), signal)) return { done: true };
    const { stale, matching, others } = sort(await judgeLetters(context, letters), filter, redrivenEpochs);
    const redrives = matching.slice(0, limit - counts.redriven);
    const failures = dryRun ? new Map<LetterRedrive, Error>() : await send(context, redrives);
    const sent = redrives.filter(redrive => !failures.has(redrive));
    firstError ??= failures.values().next().value;
    for (const { envelope } of sent) redrivenEpochs.set(envelope.runId, envelope.epoch);
    counts.redriven += sent.length;
    counts.stale += stale.length;
    counts.skipped += others.length;
    counts.failed += failures.size;
    restUntil = context.clock.now() + (redrives.length * 1000) / rate;
    const remove = dryRun ? [] : [...stale, ...sent.map(({ letter }) => letter)];
    return { remove, done: counts.redriven >= limit };
  };

  const batchSize = Math.min(SQS.maxBatchEntries, Math.ceil(rate));
  for (const queue of queuesOf(context.queues, filter.task?.name)) {
    await walkDeadLetters(context, { queue, batchSize, signal }, visit);
    if (signal?.aborted || counts.redriven >= limit) break;
  }
  return { ...counts, ...(firstError && { firstError }) };
}

/** Sleeps for so long; answers whether the caller wants an end. */
async function aborted({ clock }: ClientContext, delayMs: number, signal: AbortSignal | undefined) {
  if (delayMs > 0 && !signal?.aborted) {
    await clock.sleep(delayMs, signal).catch((reason: unknown) => {
      if (!signal?.aborted) throw reason;
    });
  }
  return signal?.aborted === true;
}

/**
 * A run that was redriven and has failed again while the walk goes on is left alone, or a task that always fails would
 * keep it going for ever.
 */
function sort(
  judged: readonly JudgedLetter[],
  filter: DeadLetterFilter,
  redrivenEpochs: ReadonlyMap<string, number>,
) {
  const stale: QueuedDeadLetter[] = [];
  const matching: LetterRedrive[] = [];
  const others: QueuedDeadLetter[] = [];
  for (const { letter, item, epoch } of judged) {
    const redrivenEpoch = redrivenEpochs.get(letter.envelope.runId);
    const failedAgain = redrivenEpoch !== undefined && epoch !== undefined && epoch > redrivenEpoch;
    if (epoch === undefined) stale.push(letter);
    else if (!failedAgain && matches(filter, factsOfLetter(letter, item)))
      matching.push(redriveLetter(letter, epoch));
    else others.push(letter);
  }
  return { stale, matching, others };
}

/** @returns why a letter was not taken; those that are not in it were */
async function send(
  context: ClientContext,
  redrives: readonly LetterRedrive[],
): Promise<ReadonlyMap<LetterRedrive, Error>> {
  const failures = new Map<LetterRedrive, Error>();
  for (const chunk of batchChunks(redrives)) {
    const [first] = chunk;
    if (first === undefined) continue;
    for (const [redrive, error] of await sendBatch(context, first.queue.url, chunk)) {
      failures.set(redrive, error);
    }
  }
  return failures;
}
