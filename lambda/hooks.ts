import { toRunError } from '../contract/dead-letter.ts';
import type { DeadLetterCause, RunError } from '../contract/run.ts';
import type { Invocation } from './invocation.ts';
import type { TaskRun } from './task-run.ts';

/**
 * Something around every handler: a trace, a tenant's context, a measurement. The first is outermost. What it throws
 * fails the attempt, as if the handler had thrown it.
 */
export type Middleware = (run: TaskRun, next: () => Promise<unknown>) => Promise<unknown>;

/** How an attempt ended. */
export interface AttemptOutcome {
  readonly runId: string;
  readonly task: string;
  readonly epoch: number;
  readonly attempt: number;
  readonly traceparent?: string;
  /** As it was sent. Undefined when it lies in the payload bucket and no attempt of this delivery came to load it. */
  readonly payload: unknown;
}

/**
 * Told what became of attempts, after it was recorded. A hook is a courtesy: a process that dies in between does not
 * call it, what it throws is only logged, and it is not waited for beyond the function's deadline. What must happen
 * belongs into the handler, or is found in the dead-letter queue.
 */
export interface Hooks {
  readonly onSuccess?: (outcome: AttemptOutcome & { readonly result: unknown }) => unknown;
  /** An attempt failed, and another follows. */
  readonly onFailure?: (
    outcome: AttemptOutcome & { readonly error: RunError; readonly notBefore: Date },
  ) => unknown;
  /**
   * A run was given up, also one whose process died in its last attempt and one that nobody can read. Messages that SQS
   * dead-letters by itself, because the function never came to them, are not seen here.
   */
  readonly onDeadLetter?: (
    outcome: AttemptOutcome & { readonly error: RunError; readonly cause: DeadLetterCause },
  ) => unknown;
}

export async function callHook<Outcome extends AttemptOutcome>(
  hook: ((outcome: Outcome) => unknown) | undefined,
  outcome: Outcome,
  { consumer: { clock, log, redact }, deadline }: Invocation,
): Promise<void> {
  if (hook === undefined) return;
  const over = new AbortController();
  const timeUp = async (): Promise<never> => {
    await clock.sleep(Math.max(0, deadline.settleBy - clock.now()), over.signal);
    throw new Error('the hook was not over when the function was about to end');
  };
  try {
    await Promise.race([(async () => await hook(outcome))(), timeUp()]);
  } catch (thrown) {
    const { runId, task, attempt } = outcome;
    log({ level: 'WARN', message: 'a hook failed', runId, task, attempt, error: redact(toRunError(thrown)) });
  } finally {
    over.abort();
  }
}
