import { getRun, sendTask } from '../../client/default-client.ts';
import { NonRetryableError } from '../../contract/errors.ts';
import { isTerminal } from '../../contract/run.ts';
import { allNodes } from '../../contract/workflow/flow-node.ts';
import type {
  LookAtTaskEvent,
  SendTaskEvent,
  SentTaskAnswer,
  TaskLookAnswer,
} from '../../contract/workflow/workflow-event.ts';
import { beginWork } from './begin-work.ts';
import type { WorkflowFunction } from './create-workflow.ts';

/** Under a key of its state: whatever repeats the state, it is one run. @throws RunEndedError for a run that has ended */
export async function sendWorkflowTask(
  fn: WorkflowFunction,
  { runId, state, task, payload }: SendTaskEvent,
): Promise<SentTaskAnswer> {
  const { workflow } = fn;
  const node = allNodes(workflow.nodes).find(each => each.kind === 'task' && each.task.name === task);
  if (node?.kind !== 'task') {
    throw new NonRetryableError(
      `Workflow '${workflow.name}' sends no task '${task}' here; deploy both together`,
    );
  }
  await beginWork(fn, { runId }, fn.clock.now());
  const sent = await sendTask(node.task, payload, { idempotencyKey: `${runId}:${state}` });
  return { taskRunId: sent.runId };
}

/** @throws NonRetryableError for a run that ended without success: the workflow fails with it */
export async function lookAtTask({ taskRunId }: LookAtTaskEvent): Promise<TaskLookAnswer> {
  const run = await getRun(taskRunId);
  if (run === undefined || !isTerminal(run.status)) return { done: false, value: null };
  if (run.status === 'succeeded') return { done: true, value: run.result ?? null };
  const why = run.error ? `: ${run.error.name}: ${run.error.message}` : '';
  throw new NonRetryableError(`run ${taskRunId} of task '${run.task}' is ${run.status}${why}`);
}
