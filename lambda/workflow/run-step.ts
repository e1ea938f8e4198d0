import { updateWorkflowItem } from '../../client/workflow/workflow-store.ts';
import { toRunError } from '../../contract/dead-letter.ts';
import { NonRetryableError } from '../../contract/errors.ts';
import { FINAL_ERRORS } from '../../contract/workflow/step.ts';
import { validateValue } from '../../contract/workflow/validate.ts';
import type { StepAnswer, StepEvent } from '../../contract/workflow/workflow-event.ts';
import { ACTIVE_STATUSES, stepRecordJson } from '../../contract/workflow/workflow-run.ts';
import { beginWork } from './begin-work.ts';
import type { WorkflowFunction } from './create-workflow.ts';
import type { StepHandler } from './handle-step.ts';
import { refuseEnded } from './run-ended.ts';
import type { StepRun } from './step-run.ts';
import { type StepWatch, watchStep } from './step-watch.ts';

/** One attempt of a step: two writes, before and after. */
export async function runStep(fn: WorkflowFunction, event: StepEvent): Promise<StepAnswer> {
  const { workflow, clock, log } = fn;
  const handler = fn.handlers.get(event.step);
  if (handler === undefined) {
    throw new NonRetryableError(
      `Workflow '${workflow.name}' has no step '${event.step}' here; deploy both together`,
    );
  }
  const startedAt = clock.now();
  await beginWork(fn, event, startedAt);
  const line = { runId: event.runId, workflow: workflow.name, step: event.step, attempt: event.attempt };
  try {
    const value = await carryOut(fn, handler, event);
    await end(fn, event, startedAt);
    log({ level: 'INFO', message: 'step succeeded', ...line, durationMs: clock.now() - startedAt });
    return { value };
  } catch (thrown) {
    const error = toRunError(thrown);
    log({ level: 'WARN', message: 'step failed', ...line, durationMs: clock.now() - startedAt, error });
    await end(fn, event, startedAt, error);
    throw isFinal(thrown) ? asNonRetryable(thrown) : thrown;
  }
}

/** Of a class of one's own, which the state machine does not know by its name. */
function isFinal(thrown: unknown): thrown is NonRetryableError {
  return thrown instanceof NonRetryableError && !FINAL_ERRORS.includes(thrown.name);
}

function asNonRetryable({ name, message, stack }: NonRetryableError): NonRetryableError {
  return Object.assign(new NonRetryableError(`${name}: ${message}`), { stack });
}

async function carryOut(
  fn: WorkflowFunction,
  { step, carryOut }: StepHandler,
  event: StepEvent,
): Promise<unknown> {
  const what = (part: string) => `the ${part} of step '${step.name}'`;
  const input = await validateValue(step.input, event.input, what('input'));
  const watch = watchStep(fn.clock, step.policy, what('attempt'));
  try {
    const result = await Promise.race([
      carryOut(input as never, createStepRun(fn, event, watch)),
      watch.expired,
    ]);
    const json: unknown = result === undefined ? null : JSON.parse(JSON.stringify(result));
    return await validateValue(step.output, json, what('result'));
  } finally {
    await watch.stop();
  }
}

function createStepRun(fn: WorkflowFunction, event: StepEvent, { signal, beat }: StepWatch): StepRun {
  const { config, dynamodb, clock, workflow } = fn;
  const { runId, step, attempt } = event;
  return {
    runId,
    workflow: workflow.name,
    step,
    attempt,
    signal,
    idempotencyKey: (effect = step) => `${runId}:${effect}`,
    heartbeat: beat,
    async progress(fraction, message) {
      beat();
      if (!(fraction >= 0 && fraction <= 1)) {
        throw new RangeError(`progress must be from 0 to 1, got ${fraction}`);
      }
      const told = await updateWorkflowItem(dynamodb, config.table, runId, {
        set: {
          progress: JSON.stringify({
            fraction,
            ...(message !== undefined && { message: message.slice(0, 1024) }),
          }),
          updatedAt: clock.now(),
        },
        statuses: ACTIVE_STATUSES,
      });
      refuseEnded(workflow.name, runId, told);
    },
  };
}

/**
 * Keeps that the attempt has ended, for whoever looks at the run. What the step did is done, whether this works or not.
 * Of a run that has ended meanwhile, or that has its hundred records, nothing is written.
 */
async function end(
  { config, dynamodb, clock, log }: WorkflowFunction,
  { runId, step, attempt }: StepEvent,
  startedAt: number,
  error?: ReturnType<typeof toRunError>,
): Promise<void> {
  const { stack: _stack, ...told } = error ?? {};
  const finishedAt = clock.now();
  const record = {
    step,
    attempt,
    startedAt,
    finishedAt,
    ...(error && { error: { ...told, name: error.name, message: error.message } }),
  };
  try {
    await updateWorkflowItem(dynamodb, config.table, runId, {
      set: { updatedAt: finishedAt },
      addStep: stepRecordJson(record),
      statuses: ACTIVE_STATUSES,
    });
  } catch (failure) {
    log({
      level: 'WARN',
      message: `the end of step '${step}' could not be recorded`,
      runId,
      error: toRunError(failure),
    });
  }
}
