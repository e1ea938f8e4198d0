import type { TaskDefinition } from '../contract/task.ts';
import type { DeadLetterFilter } from './dead-letter-filter.ts';
import type { DiscardAllOptions, DiscardCounts } from './discard.ts';
import type { DiscardOptions } from './discard-run.ts';
import type { DeadLetterGroup } from './group-dead-letters.ts';
import type { DeadLetterListOptions, DeadLetterPage } from './list-dead-letters.ts';
import type { DeadLetterMessage, ReadDeadLetterQueueOptions } from './read-dead-letter-queue.ts';
import type { RedriveAllOptions, RedriveCounts } from './redrive-all.ts';
import type { RedrivenRun, RedriveOptions } from './redrive-run.ts';

/**
 * What a client does with runs that were given up. All but `listDeadLetters` and `groupDeadLetters`, which only read,
 * need `grantManage`.
 */
export interface DeadLetterVerbs {
  /**
   * Lists dead-lettered runs, newest first, a page at a time, with their reasons and payloads. What SQS moved by itself
   * is not among them: see `readDeadLetterQueue`. A page may hold fewer runs than its limit, even none, though there
   * are more: read on while there is a cursor.
   *
   * @throws RangeError when the limit, the range or the cursor is not valid
   * @example
   * ```ts
   * const { runs } = await listDeadLetters({ task: sendWelcomeEmail, text: 'mailbox full' });
   * ```
   */
  listDeadLetters(options?: DeadLetterListOptions): Promise<DeadLetterPage>;

  /**
   * Groups dead-lettered runs by how they failed: by task, cause, error name, and message without its numbers, ids and
   * quoted parts. It reads all that the filter's range holds, 14 days if it has none.
   *
   * @returns the largest group first
   * @example
   * ```ts
   * const [worst] = await groupDeadLetters();
   * if (worst) await redriveAll({ error: worst.fingerprint });
   * ```
   */
  groupDeadLetters(filter?: DeadLetterFilter): Promise<readonly DeadLetterGroup[]>;

  /**
   * Reads what lies in the dead-letter queue of the task's queue, whatever its task: our letters, messages that SQS
   * moved by itself, and those that nobody can read. Meanwhile they are hidden from others; who dies while it reads
   * leaves them hidden for up to 10 minutes. A FIFO queue answers at most the first ten of each group.
   *
   * @throws RangeError when the limit is not valid
   */
  readDeadLetterQueue(
    task: Pick<TaskDefinition, 'name'>,
    options?: ReadDeadLetterQueueOptions,
  ): Promise<readonly DeadLetterMessage[]>;

  /**
   * Begins a new life of one dead-lettered run, with all its attempts: from its item, or, where that does not hold the
   * message (too large, moved by SQS, or a FIFO queue's), from the dead-letter queue. Done twice, it runs once. The
   * letter that is left is stale, and goes with the next `redriveAll`.
   *
   * @throws TaskPayloadError when the schema refuses the edited payload; nothing is sent then
   * @throws RangeError when the edited payload is too large
   * @throws Error when there is no such run, it is not dead-lettered, it was discarded, or it is of another task
   * @example
   * ```ts
   * await redrive(runId);
   * await redrive(otherRunId, { edit: { task: sendWelcomeEmail, payload: { userId, email: 'ada@example.com' } } });
   * ```
   */
  redrive<Task extends TaskDefinition>(runId: string, options?: RedriveOptions<Task>): Promise<RedrivenRun>;

  /**
   * Redrives all that lies in the dead-letter queues and fits the filter, and removes letters that are stale. It sends
   * each letter's message, then deletes the letter: who dies in between loses nothing, and runs nothing twice. On a FIFO
   * queue, a letter that does not fit bars those behind it in its group; redrive those one by one.
   *
   * @throws RangeError when the limit or the rate is not valid
   * @example
   * ```ts
   * const { redriven } = await redriveAll({ task: sendWelcomeEmail }, { rate: 50, dryRun: true });
   * ```
   */
  redriveAll(filter?: DeadLetterFilter, options?: RedriveAllOptions): Promise<RedriveCounts>;

  /**
   * Gives a dead-lettered run up for good: its letter is removed, and its item marked. It can still be read, is no
   * longer among the dead letters, and is redriven only with `evenIfDiscarded`. A run whose message SQS moved by itself
   * before it had ended is ended by this, with the cause `lost`.
   *
   * @throws RangeError when the reason is empty or too long
   * @throws Error when there is no such run, or no letter of it, or an attempt is at work on it
   * @example
   * ```ts
   * await discard(runId, { reason: 'the account was closed' });
   * ```
   */
  discard(runId: string, options: DiscardOptions): Promise<void>;

  /**
   * Discards all dead letters that fit the filter, in the dead-letter queues and in the index, and removes letters that
   * are stale. On a FIFO queue it is as with `redriveAll`.
   *
   * @throws RangeError when the reason is empty or too long, or the range is not valid
   * @example
   * ```ts
   * await discardAll({ task: sendWelcomeEmail, cause: 'expired' }, { reason: 'too late to be of use' });
   * ```
   */
  discardAll(filter: DeadLetterFilter, options: DiscardAllOptions): Promise<DiscardCounts>;
}
