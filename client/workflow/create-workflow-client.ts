import type { WorkflowDefinition, WorkflowInput, WorkflowOutput } from '../../contract/workflow/workflow.ts';
import type { WorkflowRun } from '../../contract/workflow/workflow-run.ts';
import type { ListRange } from '../list-page.ts';
import type { WaitOptions } from '../wait-for-run.ts';
import { type CancelWorkflowOptions, cancelWorkflowRun } from './cancel-workflow-run.ts';
import { getWorkflowRun } from './get-workflow-run.ts';
import { listWorkflowRuns, type WorkflowRunPage } from './list-workflow-runs.ts';
import { redriveWorkflowRun } from './redrive-workflow-run.ts';
import { signalWorkflow } from './signal-workflow.ts';
import { type StartedWorkflow, type StartOptions, startWorkflow } from './start-workflow.ts';
import { waitForWorkflowRun } from './wait-for-workflow-run.ts';
import { createWorkflowContext, type WorkflowClientOptions } from './workflow-context.ts';

/** Starts workflows, reads their runs, and brings them their signals. Its methods can be taken off it. */
export interface WorkflowClient {
  /**
   * Starts a workflow: once it resolves, Step Functions has it. Repeated with the same idempotency key and input, it is
   * the same run; when it throws, repeat it with the same key.
   *
   * @throws WorkflowValueError when the workflow's schema refuses the input; nothing is started then
   * @throws IdempotencyKeyReusedError when the key belongs to a run with another input
   * @example
   * ```ts
   * const { runId } = await startWorkflow(remindOnIssue, { repository, number }, { idempotencyKey: deliveryId });
   * ```
   */
  startWorkflow<Workflow extends WorkflowDefinition>(
    workflow: Workflow,
    input: WorkflowInput<Workflow>,
    options?: StartOptions,
  ): Promise<StartedWorkflow>;

  /**
   * Reads a run. One that has said nothing for a minute is looked up in Step Functions as well.
   *
   * @returns undefined when there is none, or its retention is over
   */
  getWorkflowRun<Workflow extends WorkflowDefinition>(
    workflow: Workflow,
    runId: string,
  ): Promise<WorkflowRun<WorkflowOutput<Workflow>> | undefined>;

  /** Waits until a run has ended. @throws WorkflowWaitTimeoutError when it has not in time; it goes on */
  waitForWorkflowRun<Workflow extends WorkflowDefinition>(
    workflow: Workflow,
    runId: string,
    options: WaitOptions,
  ): Promise<WorkflowRun<WorkflowOutput<Workflow>>>;

  /** Runs of a workflow, newest first, a page at a time. @throws RangeError when the range or the cursor is not valid */
  listWorkflowRuns<Workflow extends WorkflowDefinition>(
    workflow: Workflow,
    range?: ListRange,
  ): Promise<WorkflowRunPage<WorkflowOutput<Workflow>>>;

  /**
   * Brings a run what it waits for, or will wait for: a signal that comes early is kept. The same signal twice is one.
   *
   * @throws WorkflowValueError when the signal's schema refuses the payload
   * @throws SignalError for an unknown or ended run, an unknown signal, another payload than before, one that is too large
   * (256 KB), or a run whose wait for it is over
   * @example
   * ```ts
   * await signalWorkflow(approval, runId, 'decision', { approved: true });
   * ```
   */
  signalWorkflow(workflow: WorkflowDefinition, runId: string, name: string, payload: unknown): Promise<void>;

  /** Ends a run that has not ended: it is `canceled`, and no Catch runs. @throws Error when there is no such run */
  cancelWorkflowRun<Workflow extends WorkflowDefinition>(
    workflow: Workflow,
    runId: string,
    options?: CancelWorkflowOptions,
  ): Promise<WorkflowRun<WorkflowOutput<Workflow>>>;

  /**
   * Lets a run go on from the step that failed, within 14 days of its end. What succeeded is not run again.
   *
   * @throws Error when it did not fail, time out, or get canceled; Step Functions' own when it cannot be redriven
   */
  redriveWorkflowRun<Workflow extends WorkflowDefinition>(
    workflow: Workflow,
    runId: string,
  ): Promise<WorkflowRun<WorkflowOutput<Workflow>>>;
}

/**
 * A client of workflows of your own choosing: for servers and scripts, where no `grantStart` has written the
 * environment. Nothing is read or connected before the first call.
 *
 * @example
 * ```ts
 * const client = createWorkflowClient({ workflows: [{ name: 'remind-on-issue', machine, table }] });
 * ```
 */
export function createWorkflowClient(options: WorkflowClientOptions = {}): WorkflowClient {
  const context = createWorkflowContext(options);
  return {
    startWorkflow: (workflow, input, startOptions) => startWorkflow(context, workflow, input, startOptions),
    getWorkflowRun: (workflow, runId) => getWorkflowRun(context, workflow, runId),
    waitForWorkflowRun: (workflow, runId, waitOptions) =>
      waitForWorkflowRun(context, workflow, runId, waitOptions),
    listWorkflowRuns: (workflow, range) => listWorkflowRuns(context, workflow, range),
    signalWorkflow: (workflow, runId, name, payload) =>
      signalWorkflow(context, workflow, runId, name, payload),
    cancelWorkflowRun: (workflow, runId, cancelOptions) =>
      cancelWorkflowRun(context, workflow, runId, cancelOptions),
    redriveWorkflowRun: (workflow, runId) => redriveWorkflowRun(context, workflow, runId),
  };
}
