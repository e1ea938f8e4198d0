export type { Clock } from '../contract/clock.ts';
export type { DeadLetterReason } from '../contract/dead-letter.ts';
export type { DurationString } from '../contract/duration.ts';
export type { QueueConfig } from '../contract/environment.ts';
export {
  NonRetryableError,
  type PayloadIssue,
  RetryAfterError,
  TaskPayloadError,
} from '../contract/errors.ts';
export type {
  Backoff,
  CustomBackoff,
  ExponentialBackoff,
  FixedBackoff,
  Jitter,
  RetryPolicy,
} from '../contract/retry-policy.ts';
export type { DeadLetterCause, PastLife, Run, RunError, RunProgress, RunStatus } from '../contract/run.ts';
export { runIdOfKey } from '../contract/run-id.ts';
export {
  defineTask,
  type Idempotency,
  type IfDuplicate,
  type PayloadInput,
  type PayloadOutput,
  type Retention,
  type TaskDefinition,
  type TaskOptions,
} from '../contract/task.ts';
export type { CancelOptions } from './cancel-run.ts';
export type { CancelCounts, CancelFilter, CancelRunsOptions } from './cancel-runs.ts';
export type { ClientOptions } from './client-context.ts';
export type { RunCounts } from './count-runs.ts';
export { type Client, createClient } from './create-client.ts';
export type { DeadLetterFilter } from './dead-letter-filter.ts';
export {
  cancelRun,
  cancelRuns,
  countRuns,
  discard,
  discardAll,
  getRun,
  groupDeadLetters,
  listDeadLetters,
  listRuns,
  readDeadLetterQueue,
  redrive,
  redriveAll,
  sendTask,
  sendTasks,
  waitForRun,
} from './default-client.ts';
export type { DiscardAllOptions, DiscardCounts } from './discard.ts';
export type { DiscardOptions } from './discard-run.ts';
export { DuplicateRunError, IdempotencyKeyReusedError } from './duplicate-errors.ts';
export type { DeadLetterGroup } from './group-dead-letters.ts';
export type { DeadLetteredRun, DeadLetterListOptions, DeadLetterPage } from './list-dead-letters.ts';
export type { ListOptions, RunPage } from './list-runs.ts';
export type { DeadLetterMessage, ReadDeadLetterQueueOptions } from './read-dead-letter-queue.ts';
export type { RedriveAllOptions, RedriveCounts } from './redrive-all.ts';
export type { RedrivenRun, RedriveOptions } from './redrive-run.ts';
export type { SendOptions } from './send-options.ts';
export type { SentTask } from './send-task.ts';
export type { SendItem, SendOutcome } from './send-tasks.ts';
export { RunWaitTimeoutError, type WaitOptions } from './wait-for-run.ts';
