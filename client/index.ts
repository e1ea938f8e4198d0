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
export {
  defineExport,
  type ExportDefinition,
  type ExportOptions,
  type PartitionOptions,
} from '../contract/export/define-export.ts';
export type { ExportedFile, ExportManifest } from '../contract/export/exported-file.ts';
export type { ObjectRef } from '../contract/object-ref.ts';
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
export {
  and,
  equals,
  exists,
  greaterThan,
  jsonata,
  lessThan,
  not,
  or,
  type Ref,
  type Template,
} from '../contract/workflow/expression.ts';
export type {
  Flow,
  FlowEnd,
  Known,
  MapOptions,
  MapResult,
  PollOptions,
  RepeatOptions,
} from '../contract/workflow/flow.ts';
export {
  defineStep,
  type StepDefinition,
  type StepOptions,
  type StepRetry,
} from '../contract/workflow/step.ts';
export { WorkflowValueError } from '../contract/workflow/validate.ts';
export {
  defineWorkflow,
  type WorkflowDefinition,
  type WorkflowInput,
  type WorkflowOptions,
  type WorkflowOutput,
} from '../contract/workflow/workflow.ts';
export type { WorkflowConfig } from '../contract/workflow/workflow-environment.ts';
export type { StepRecord, WorkflowRun, WorkflowStatus } from '../contract/workflow/workflow-run.ts';
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
  reschedule,
  schedules,
  sendTask,
  sendTasks,
  waitForRun,
} from './default-client.ts';
export type { DiscardAllOptions, DiscardCounts } from './discard.ts';
export type { DiscardOptions } from './discard-run.ts';
export { DuplicateRunError, IdempotencyKeyReusedError } from './duplicate-errors.ts';
export { createDownloadUrl, type DownloadOptions } from './export/create-download-url.ts';
export { readExportManifest } from './export/read-export-manifest.ts';
export type { DeadLetterGroup } from './group-dead-letters.ts';
export type { DeadLetteredRun, DeadLetterListOptions, DeadLetterPage } from './list-dead-letters.ts';
export type { ListRange } from './list-page.ts';
export type { ListOptions, RunPage } from './list-runs.ts';
export type { DeadLetterMessage, ReadDeadLetterQueueOptions } from './read-dead-letter-queue.ts';
export type { RedriveAllOptions, RedriveCounts } from './redrive-all.ts';
export type { RedrivenRun, RedriveOptions } from './redrive-run.ts';
export type { ScheduleListOptions, SchedulePage } from './schedule/list-schedules.ts';
export type { Schedule } from './schedule/schedule.ts';
export type { Recurrence, ScheduleOptions, ScheduleSettings } from './schedule/schedule-options.ts';
export type { Schedules } from './schedule/schedules.ts';
export type { SendOptions } from './send-options.ts';
export type { SentTask } from './send-task.ts';
export type { SendItem, SendOutcome } from './send-tasks.ts';
export type { SendTimeOptions } from './send-time.ts';
export { RunWaitTimeoutError, type WaitOptions } from './wait-for-run.ts';
export type { CancelWorkflowOptions } from './workflow/cancel-workflow-run.ts';
export { createWorkflowClient, type WorkflowClient } from './workflow/create-workflow-client.ts';
export {
  cancelWorkflowRun,
  getWorkflowRun,
  listWorkflowRuns,
  redriveWorkflowRun,
  signalWorkflow,
  startWorkflow,
  waitForWorkflowRun,
} from './workflow/default-workflow-client.ts';
export type { WorkflowRunPage } from './workflow/list-workflow-runs.ts';
export { SignalError } from './workflow/signal-workflow.ts';
export type { StartedWorkflow, StartOptions } from './workflow/start-workflow.ts';
export { WorkflowWaitTimeoutError } from './workflow/wait-for-workflow-run.ts';
export type { WorkflowClientOptions } from './workflow/workflow-context.ts';
