import { updateWorkflowItem } from '../../client/workflow/workflow-store.ts';
import { ACTIVE_STATUSES } from '../../contract/workflow/workflow-run.ts';
import type { WorkflowFunction } from './create-workflow.ts';
import { refuseEnded } from './run-ended.ts';

/**
 * Says that the run is at work. Also the net under a cancellation: a run that has ended begins nothing.
 *
 * @throws RunEndedError for a run that has ended
 */
export async function beginWork(
  { config, dynamodb, workflow }: WorkflowFunction,
  { runId, step }: { readonly runId: string; readonly step?: string },
  nowMs: number,
): Promise<void> {
  const begun = await updateWorkflowItem(dynamodb, config.table, runId, {
    set: { status: 'running', ...(step !== undefined && { step }), updatedAt: nowMs },
    remove: ['waitingFor', 'waitsUntil'],
    statuses: ACTIVE_STATUSES,
  });
  refuseEnded(workflow.name, runId, begun);
  if (begun.item.startedAt !== undefined) return;
  await updateWorkflowItem(dynamodb, config.table, runId, {
    set: { startedAt: nowMs },
    statuses: ACTIVE_STATUSES,
    absent: ['startedAt'],
  });
}
