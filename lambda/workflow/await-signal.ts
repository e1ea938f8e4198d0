import { report } from '../../client/workflow/signal-workflow.ts';
import { updateWorkflowItem } from '../../client/workflow/workflow-store.ts';
import type { SignalEvent } from '../../contract/workflow/workflow-event.ts';
import { ACTIVE_STATUSES, signalAttributes } from '../../contract/workflow/workflow-run.ts';
import type { WorkflowFunction } from './create-workflow.ts';
import { refuseEnded } from './run-ended.ts';

/**
 * Keeps the token for `signalWorkflow`. A signal that came before lies in the same item, so whoever writes second sees
 * the other's word, and reports.
 *
 * @throws RunEndedError for a run that has ended: nobody would bring it the signal
 */
export async function awaitSignal(
  { config, dynamodb, clock, sfn, workflow }: WorkflowFunction,
  { runId, signal, token, timeoutSeconds }: SignalEvent,
): Promise<void> {
  const attribute = signalAttributes(signal);
  const nowMs = clock.now();
  const awaited = await updateWorkflowItem(dynamodb, config.table, runId, {
    set: {
      [attribute.token]: token,
      status: 'waiting',
      waitingFor: signal,
      waitsUntil: nowMs + timeoutSeconds * 1000,
      updatedAt: nowMs,
    },
    statuses: ACTIVE_STATUSES,
  });
  refuseEnded(workflow.name, runId, awaited);
  const payload = awaited.attributes[attribute.payload]?.S;
  if (payload !== undefined) await report({ sfn }, token, payload);
}
