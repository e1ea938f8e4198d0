import { isTerminal } from '../contract/run.ts';
import type { ClientContext } from './client-context.ts';
import { type DeadLetterFilter, matches } from './dead-letter-filter.ts';
import { deadLetterRange, readDeadLetters } from './dead-letter-listing.ts';
import { checkReason, type DiscardOptions, endDiscarded, isHeld, markDiscarded } from './discard-run.ts';
import { queuesOf } from './find-queue.ts';
import { findRun } from './find-run.ts';
import { type JudgedLetter, judgeLetters } from './judge-dead-letter.ts';
import { factsOfLetter, type QueuedDeadLetter } from './queued-dead-letter.ts';
import { walkDeadLetters } from './walk-dead-letters.ts';

export interface DiscardAllOptions extends DiscardOptions {
  /**
   * Counts what would be done, and changes nothing.
   * @default false
   */
  readonly dryRun?: boolean;
  /** Ends the discarding between two batches. What was done until then is answered. */
  readonly signal?: AbortSignal;
}

export interface DiscardCounts {
  /** Letters removed, their runs marked. */
  readonly letters: number;
  /** Runs marked whose letters are no longer there, by SQS's retention for one. */
  readonly runs: number;
  /** Letters removed whose runs have gone on, have ended well, or were discarded before. */
  readonly stale: number;
  /** Letters not matched by the filter, and those of runs that an attempt is at work on. */
  readonly skipped: number;
}

export async function discard(context: ClientContext, runId: string, options: DiscardOptions): Promise<void> {
  checkReason(options.reason);
  const found = await findRun(context, runId);
  const marked = found !== undefined && (await markDiscarded(context, found.table, found.item, options));
  let removed = 0;
  for (const queue of queuesOf(context.queues, found?.item.task)) {
    await walkDeadLetters(context, { queue }, async letters => {
      const ofRun = letters.filter(({ envelope }) => envelope.runId === runId);
      const judged = await judgeLetters(context, ofRun);
      const held = judged.find(({ item }) => item && isHeld(item, context.clock.now()));
      if (held) {
        throw new Error(
          `Run ${runId} is running, though SQS has dead-lettered its message: cancel it, or discard it when its attempt ` +
            `is over, at ${new Date(held.item?.leaseUntil ?? 0).toISOString()} at the latest`,
        );
      }
      // Also where it was marked: the run may have been dead-lettered since.
      const remove = await giveUp(context, judged, options);
      removed += remove.length;
      return { remove };
    });
  }
  if (marked || removed > 0) return;
  throw new Error(
    found
      ? `Run ${runId} is ${found.item.status} and has no dead letter; there is nothing to discard`
      : `There is no run ${runId}: no item in the run table, and no letter in a dead-letter queue`,
  );
}

/**
 * Gives up the runs of letters, as they were judged.
 *
 * @returns the letters that may be deleted: not those of runs that have gone on in the meantime
 */
async function giveUp(
  context: ClientContext,
  judged: readonly JudgedLetter[],
  options: DiscardOptions,
): Promise<readonly QueuedDeadLetter[]> {
  const removable = judged.map(async ({ letter, item, epoch }) => {
    if (epoch === undefined || item === undefined) return [letter];
    const end = isTerminal(item.status) ? markDiscarded : endDiscarded;
    return (await end(context, letter.queue.table, item, options)) ? [letter] : [];
  });
  return (await Promise.all(removable)).flat();
}

export async function discardAll(
  context: ClientContext,
  filter: DeadLetterFilter,
  options: DiscardAllOptions,
): Promise<DiscardCounts> {
  checkReason(options.reason);
  const { dryRun = false, signal } = options;
  const counts = { letters: 0, runs: 0, stale: 0, skipped: 0 };
  const seen = new Set<string>();
  const isMeant = ({ letter, item }: JudgedLetter) => matches(filter, factsOfLetter(letter, item));

  const visit = async (letters: readonly QueuedDeadLetter[]) => {
    const judged = await judgeLetters(context, letters);
    const stale = judged.filter(({ epoch }) => epoch === undefined);
    const live = judged.filter(({ epoch }) => epoch !== undefined);
    const nowMs = context.clock.now();
    const meant = live.filter(each => isMeant(each) && !(each.item && isHeld(each.item, nowMs)));
    counts.stale += stale.length;
    counts.letters += meant.length;
    counts.skipped += live.length - meant.length;
    for (const { letter } of meant) seen.add(letter.envelope.runId);
    if (dryRun) return {};
    return { remove: await giveUp(context, [...stale, ...meant], options) };
  };
  for (const queue of queuesOf(context.queues, filter.task?.name)) {
    await walkDeadLetters(context, { queue, signal }, visit);
  }

  const range = deadLetterRange(filter, context.clock.now());
  for await (const { item, table } of readDeadLetters(context, filter, range)) {
    if (signal?.aborted) break;
    if (item === undefined || seen.has(item.runId)) continue;
    if (dryRun || (await markDiscarded(context, table, item, options))) counts.runs++;
  }
  return counts;
}
