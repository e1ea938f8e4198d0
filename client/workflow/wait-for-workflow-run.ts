import { parseDuration } from '../../contract/duration.ts';
import type { WorkflowDefinition, WorkflowOutput } from '../../contract/workflow/workflow.ts';
import { isActive, type WorkflowRun } from '../../contract/workflow/workflow-run.ts';
import type { WaitOptions } from '../wait-for-run.ts';
import { getWorkflowRun } from './get-workflow-run.ts';
import type { WorkflowContext } from './workflow-context.ts';

/** The run had not ended when the time was over. It goes on. */
export class WorkflowWaitTimeoutError extends Error {
  override readonly name = 'WorkflowWaitTimeoutError';
}

const FIRST_INTERVAL_MS = 100;
const LONGEST_INTERVAL_MS = 2000;
const GROWTH = 1.5;

export async function waitForWorkflowRun<Workflow extends WorkflowDefinition>(
  context: WorkflowContext,
  workflow: Workflow,
  runId: string,
  { timeout, signal }: WaitOptions,
): Promise<WorkflowRun<WorkflowOutput<Workflow>>> {
  const { clock } = context;
  const deadline = clock.now() + parseDuration(timeout, 'waitForWorkflowRun: timeout');
  for (
    let intervalMs = FIRST_INTERVAL_MS;
    ;
    intervalMs = Math.min(intervalMs * GROWTH, LONGEST_INTERVAL_MS)
  ) {
    signal?.throwIfAborted();
    const run = await getWorkflowRun(context, workflow, runId);
    if (run && !isActive(run.status)) return run;
    const leftMs = deadline - clock.now();
    if (leftMs <= 0) {
      const last = run ? `it is ${run.status}` : 'it was not found: the id may be wrong';
      throw new WorkflowWaitTimeoutError(
        `Run ${runId} of workflow '${workflow.name}' did not end within ${timeout}: ${last}`,
      );
    }
    await clock.sleep(Math.min(intervalMs, leftMs), signal);
  }
}
