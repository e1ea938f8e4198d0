import { validatePayload } from '../contract/payload.ts';
import type { PayloadOutput, TaskDefinition } from '../contract/task.ts';
import { deriveKey } from './derive-key.ts';
import type { TaskRun } from './task-run.ts';

/**
 * A task's handler. What it returns is the run's result and must be JSON of at most 64 KB: return a reference to
 * anything larger. What it throws fails the attempt; throw `NonRetryableError` or `RetryAfterError` to decide what
 * follows.
 */
export type Handler<Task extends TaskDefinition> = (payload: PayloadOutput<Task>, run: TaskRun) => unknown;

/** A task with its handler, for `createConsumer`. */
export interface TaskHandler {
  readonly task: TaskDefinition;
  /** Checks a payload and answers the handler's call upon it. Rejects with a `TaskPayloadError`. */
  readonly prepare: (payload: unknown) => Promise<(run: TaskRun) => unknown>;
  /** The idempotency key that the task gives a payload; undefined when it has none. Rejects as `deriveKey` does. */
  readonly keyOf: (payload: unknown) => Promise<string | undefined>;
}

/**
 * Joins a task and the function that runs it.
 *
 * @example
 * ```ts
 * import { handle } from 'cdk-background-jobs/lambda';
 * import { sendWelcomeEmail } from './tasks.ts';
 *
 * handle(sendWelcomeEmail, async (payload, run) => {
 *   const { messageId } = await mailer.send(payload, { idempotencyKey: run.idempotencyKey('send') });
 *   return { messageId };
 * });
 * ```
 */
export function handle<Task extends TaskDefinition>(task: Task, handler: Handler<Task>): TaskHandler {
  return {
    task,
    prepare: async payload => {
      const valid = await validatePayload(task, payload);
      return run => handler(valid, run);
    },
    keyOf: payload => deriveKey(task, payload),
  };
}
