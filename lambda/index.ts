export { NonRetryableError, RetryAfterError } from '../contract/errors.ts';
export type { AsJson } from './as-json.ts';
export { type ConsumerFunction, type ConsumerOptions, createConsumer } from './create-consumer.ts';
export { type Handler, handle, type TaskHandler } from './handle.ts';
export type { AttemptOutcome, Hooks, Middleware } from './hooks.ts';
export type { Log, LogLine } from './log.ts';
export type { TaskRun } from './task-run.ts';
export {
  createWorkflow,
  type WorkflowEntry,
  type WorkflowFunctionOptions,
} from './workflow/create-workflow.ts';
export { handleStep, type StepHandler } from './workflow/handle-step.ts';
export type { StepRun } from './workflow/step-run.ts';
