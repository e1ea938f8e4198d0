import type { Run } from '../contract/run.ts';
import type { PayloadInput, TaskDefinition } from '../contract/task.ts';
import { type CancelOptions, cancelRun } from './cancel-run.ts';
import { type CancelCounts, type CancelFilter, type CancelRunsOptions, cancelRuns } from './cancel-runs.ts';
import { type ClientOptions, createContext } from './client-context.ts';
import { countRuns, type RunCounts } from './count-runs.ts';
import type { DeadLetterVerbs } from './dead-letter-verbs.ts';
import { discard, discardAll } from './discard.ts';
import { getRun } from './get-run.ts';
import { groupDeadLetters } from './group-dead-letters.ts';
import { listDeadLetters } from './list-dead-letters.ts';
import { type ListOptions, listRuns, type RunPage } from './list-runs.ts';
import { readDeadLetterQueue } from './read-dead-letter-queue.ts';
import { redriveAll } from './redrive-all.ts';
import { redrive } from './redrive-run.ts';
import { reschedule } from './reschedule.ts';
import { createSchedules, type Schedules } from './schedule/schedules.ts';
import type { SendOptions } from './send-options.ts';
import { type SentTask, sendTask } from './send-task.ts';
import { type SendItem, type SendOutcome, sendTasks } from './send-tasks.ts';
import type { SendTimeOptions } from './send-time.ts';
import { type WaitOptions, waitForRun } from './wait-for-run.ts';

/**
 * Sends tasks, reads their runs, and puts right what failed. Its methods can be taken off it. Errors of AWS, such as a
 * missing permission, are passed on as the SDK throws them.
 */
export interface Client extends DeadLetterVerbs {
  /**
   * Sends a task: once it resolves, SQS has it, or EventBridge Scheduler has what is to begin later.
   *
   * With an idempotency key, given here or by the task's definition, whose run exists and has the same payload, nothing
   * new begins and the answer is that run; one that is still `queued` is sent again, which is harmless, in case that the
   * first sending was lost. When a keyed send throws, repeat it with the same key.
   *
   * @throws TaskPayloadError when the task's schema refuses the payload as JSON carries it; nothing is sent then
   * @throws IdempotencyKeyReusedError when the key belongs to a run with another payload
   * @throws DuplicateRunError when the key's run exists and the task's `idempotency` says that this is an error
   * @throws RangeError when an option is out of its range, or the payload is too large
   * @throws Error when the client knows no queue for the task
   * @example
   * ```ts
   * const { runId } = await sendTask(sendWelcomeEmail, { userId, email }, { idempotencyKey: userId });
   * ```
   */
  sendTask<Task extends TaskDefinition>(
    task: Task,
    payload: PayloadInput<Task>,
    options?: SendOptions,
  ): Promise<SentTask>;

  /**
   * Sends any number of runs of a task, in batches. All payloads are validated before the first request; an item that
   * is invalid, or that AWS refuses, fails alone. On a FIFO queue the batches go one after another, so that the items
   * of a group keep their order; only an entry that SQS takes at the second request comes after its neighbours.
   *
   * @returns an outcome for each item, in the order of the items
   * @throws Error when the client knows no queue for the task
   * @example
   * ```ts
   * const outcomes = await sendTasks(resizeImage, keys.map(key => ({ payload: { key }, idempotencyKey: key })));
   * const failed = outcomes.filter(outcome => outcome.status === 'failed');
   * ```
   */
  sendTasks<Task extends TaskDefinition>(
    task: Task,
    items: readonly SendItem<Task>[],
  ): Promise<readonly SendOutcome[]>;

  /**
   * Reads a run, strongly consistent.
   *
   * @returns undefined when there is none: never sent, its retention over, or, where queued runs are not tracked, not
   * begun yet
   */
  getRun(runId: string): Promise<Run | undefined>;

  /**
   * Waits until the run is `succeeded`, `deadLettered` or `canceled`, reading it every 100 ms at first and every 2 s in
   * the end. A run that is not there yet is waited for.
   *
   * @throws RunWaitTimeoutError when it is not terminal in time; the run itself goes on
   * @throws the signal's reason when it aborts
   */
  waitForRun(runId: string, options: WaitOptions): Promise<Run>;

  /**
   * Lists the runs of a task, newest first, a page at a time. Runs of the last moments may be missing from it. Runs of
   * a queue with `trackQueued: false` are not listed.
   *
   * @throws RangeError when the limit, the range or the cursor is not valid
   * @example
   * ```ts
   * const page = await listRuns({ task: sendWelcomeEmail });
   * const next = page.cursor && (await listRuns({ task: sendWelcomeEmail, cursor: page.cursor }));
   * ```
   */
  listRuns(options: ListOptions): Promise<RunPage>;

  /** Counts the messages of the task's queue, whatever their task, and of its dead-letter queue. */
  countRuns(task: Pick<TaskDefinition, 'name'>): Promise<RunCounts>;

  /**
   * Cancels a run. One that is `queued` or `retrying` is `canceled` at once and never attempted again. A `running` one
   * is asked to end; it is `canceled` when its handler follows `run.signal`. One that has ended stays what it is. To
   * cancel needs `grantManage`.
   *
   * @returns the run as it is afterwards
   * @throws Error when there is no such run
   * @example
   * ```ts
   * const run = await cancelRun(runId);
   * if (run.status === 'running') await waitForRun(runId, { timeout: '30s' });
   * ```
   */
  cancelRun(runId: string, options?: CancelOptions): Promise<Run>;

  /**
   * Moves a run that was sent for later to another time, which may be sooner. Needs `grantSchedule`.
   *
   * @returns the run as it is afterwards
   * @throws Error when the run does not wait in EventBridge Scheduler: it has begun, or waits in its queue for at most 15
   * minutes
   * @throws RangeError when the time is past
   * @example
   * ```ts
   * await reschedule(runId, { delay: '7d' });
   * ```
   */
  reschedule(runId: string, time: SendTimeOptions): Promise<Run>;

  /** Schedules that the application makes while it runs. */
  readonly schedules: Schedules;

  /**
   * Cancels the runs of a task that were sent in a range of time, as `cancelRun` does each. Runs of a queue with
   * `trackQueued: false` are not listed, so they are not found.
   *
   * @throws RangeError when the range is not valid
   * @example
   * ```ts
   * const { canceled, requested } = await cancelRuns({ task: sendWelcomeEmail, status: 'queued' });
   * ```
   */
  cancelRuns(filter: CancelFilter, options?: CancelRunsOptions): Promise<CancelCounts>;
}

/**
 * A client of queues of your own choosing: for servers and scripts, where no `grantSend` has written the environment.
 * Nothing is read or connected before the first call.
 *
 * @example
 * ```ts
 * const client = createClient({ queues: [{ url, deadLetterUrl, table, tasks: ['send-welcome-email'] }] });
 * await client.sendTask(sendWelcomeEmail, { userId, email });
 * ```
 */
export function createClient(options: ClientOptions = {}): Client {
  const context = createContext(options);
  return {
    sendTask: (task, payload, sendOptions) => sendTask(context, task, payload, sendOptions),
    sendTasks: (task, items) => sendTasks(context, task, items),
    getRun: runId => getRun(context, runId),
    waitForRun: (runId, waitOptions) => waitForRun(context, runId, waitOptions),
    listRuns: listOptions => listRuns(context, listOptions),
    countRuns: task => countRuns(context, task),
    cancelRun: (runId, cancelOptions) => cancelRun(context, runId, cancelOptions),
    reschedule: (runId, time) => reschedule(context, runId, time),
    schedules: createSchedules(context),
    cancelRuns: (filter, cancelOptions) => cancelRuns(context, filter, cancelOptions),
    listDeadLetters: listOptions => listDeadLetters(context, listOptions),
    groupDeadLetters: filter => groupDeadLetters(context, filter),
    readDeadLetterQueue: (task, readOptions) => readDeadLetterQueue(context, task, readOptions),
    redrive: (runId, redriveOptions) => redrive(context, runId, redriveOptions),
    redriveAll: (filter, redriveOptions) => redriveAll(context, filter, redriveOptions),
    discard: (runId, discardOptions) => discard(context, runId, discardOptions),
    discardAll: (filter, discardOptions) => discardAll(context, filter, discardOptions),
  };
}
