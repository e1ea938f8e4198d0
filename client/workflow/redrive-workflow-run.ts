import { signalsOf, type WorkflowDefinition, type WorkflowOutput } from '../../contract/workflow/workflow.ts';
import { executionArnOf } from '../../contract/workflow/workflow-environment.ts';
import {
  expiresAt,
  REDRIVABLE_STATUSES,
  signalAttributes,
  toWorkflowRun,
  type WorkflowRun,
} from '../../contract/workflow/workflow-run.ts';
import { reconciled } from './get-workflow-run.ts';
import { settleWorkflow } from './settle-workflow.ts';
import { configOf, type SfnCalls, type WorkflowContext } from './workflow-context.ts';
import { readWorkflowItem, updateWorkflowItem } from './workflow-store.ts';

/**
 * The item first, or the first step would find a run that has ended. Who dies between the two leaves a run that waits
 * for nothing: whoever reads it a minute later takes the redrive back.
 */
export async function redriveWorkflowRun<Workflow extends WorkflowDefinition>(
  context: WorkflowContext,
  workflow: Workflow,
  runId: string,
): Promise<WorkflowRun<WorkflowOutput<Workflow>>> {
  const { machine, table } = configOf(context, workflow);
  const found = await readWorkflowItem(context.dynamodb, table, runId);
  if (found === undefined) {
    throw new Error(
      `There is no run ${runId} of workflow '${workflow.name}': the id may be wrong, or its retention over`,
    );
  }
  const before = await reconciled(context, workflow, found);
  const nowMs = context.clock.now();
  const begun = await updateWorkflowItem(context.dynamodb, table, runId, {
    set: {
      status: 'running',
      epoch: before.epoch + 1,
      updatedAt: nowMs,
      // A redriven execution has its whole timeout again, and keeps its name taken for so much longer.
      expiresAt: expiresAt(workflow, nowMs),
    },
    // Each wait begins anew, and gets a token of its own: what comes before is early, not late.
    remove: [
      'finishedAt',
      'error',
      ...signalsOf(workflow.nodes).map(({ name }) => signalAttributes(name).token),
    ],
    statuses: REDRIVABLE_STATUSES,
  });
  if (!begun.written) {
    throw new Error(
      `Run ${runId} of workflow '${workflow.name}' is ${begun.item?.status ?? 'gone'}; only one that failed, timed out ` +
        'or was canceled can be redriven',
    );
  }
  const { module, client } = await context.sfn();
  try {
    await client.send(new module.RedriveExecutionCommand({ executionArn: executionArnOf(machine, runId) }));
  } catch (error) {
    if (!isRefusal(module, error)) throw error;
    const { error: reason = '{}', finishedAt = nowMs } = before;
    const { name, message } = JSON.parse(reason) as { name?: string; message?: string };
    const status = ENDS[before.status as keyof typeof ENDS];
    const ended = { status, stoppedAt: finishedAt, error: name, cause: message };
    await settleWorkflow({ dynamodb: context.dynamodb, table, workflow }, runId, ended, begun.item);
    throw error;
  }
  return toWorkflowRun(begun.item);
}

/** Whatever else has failed may have failed with the answer alone. */
function isRefusal(module: SfnCalls['module'], error: unknown): boolean {
  return error instanceof module.ExecutionNotRedrivable || error instanceof module.ExecutionDoesNotExist;
}

const ENDS = { failed: 'FAILED', timedOut: 'TIMED_OUT', canceled: 'ABORTED' } as const;
