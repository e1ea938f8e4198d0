export type { Clock } from '../contract/clock.ts';
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
  ExponentialBackoff,
  FixedBackoff,
  Jitter,
  RetryPolicy,
} from '../contract/retry-policy.ts';
export type { DeadLetterCause, Run, RunError, RunStatus } from '../contract/run.ts';
export { runIdOfKey } from '../contract/run-id.ts';
export {
  defineTask,
  type PayloadInput,
  type PayloadOutput,
  type Retention,
  type TaskDefinition,
  type TaskOptions,
} from '../contract/task.ts';
export { IdempotencyKeyReusedError } from './claim-key.ts';
export type { ClientOptions } from './client-context.ts';
export type { RunCounts } from './count-runs.ts';
export { type Client, createClient } from './create-client.ts';
export { countRuns, getRun, listRuns, sendTask, sendTasks, waitForRun } from './default-client.ts';
export type { ListOptions, RunPage } from './list-runs.ts';
export type { SendOptions } from './send-options.ts';
export type { SentTask } from './send-task.ts';
export type { SendItem, SendOutcome } from './send-tasks.ts';
export { RunWaitTimeoutError, type WaitOptions } from './wait-for-run.ts';
