import type { WorkflowDefinition, WorkflowOutput } from '../../contract/workflow/workflow.ts';
import { executionArnOf } from '../../contract/workflow/workflow-environment.ts';
import { toWorkflowRun, type WorkflowRun } from '../../contract/workflow/workflow-run.ts';
import { settleWorkflow } from './settle-workflow.ts';
import { configOf, type WorkflowContext } from './workflow-context.ts';
import { readWorkflowItem } from './workflow-store.ts';

export interface CancelWorkflowOptions {
  /** Becomes the message of the run's `error`. @default 'the run was canceled' */
  readonly reason?: string;
}

/** The item first: a start that is under way at the same time ends at its first step. */
export async function cancelWorkflowRun<Workflow extends WorkflowDefinition>(
  context: WorkflowContext,
  workflow: Workflow,
  runId: string,
  { reason = 'the run was canceled' }: CancelWorkflowOptions = {},
): Promise<WorkflowRun<WorkflowOutput<Workflow>>> {
  const { machine, table } = configOf(context, workflow);
  const how = { error: 'Canceled', cause: reason };
  const stoppedAt = context.clock.now();
  const place = { dynamodb: context.dynamodb, table, workflow };
  const item = await settleWorkflow(place, runId, { status: 'ABORTED', stoppedAt, ...how });
  if (item === undefined) {
    throw new Error(
      `There is no run ${runId} of workflow '${workflow.name}': the id may be wrong, or its retention over`,
    );
  }
  if (item.status === 'canceled') {
    const { module, client } = await context.sfn();
    try {
      await client.send(
        new module.StopExecutionCommand({ executionArn: executionArnOf(machine, runId), ...how }),
      );
    } catch (error) {
      if (!(error instanceof module.ExecutionDoesNotExist)) throw error;
    }
  }
  return toWorkflowRun((await readWorkflowItem(context.dynamodb, table, runId)) ?? item);
}
