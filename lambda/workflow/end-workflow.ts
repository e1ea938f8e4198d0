import { settleWorkflow } from '../../client/workflow/settle-workflow.ts';
import type { ExecutionStatusEvent } from '../../contract/workflow/workflow-event.ts';
import { toWorkflowRun } from '../../contract/workflow/workflow-run.ts';
import type { WorkflowFunction } from './create-workflow.ts';

/**
 * Settles a run by Step Functions' own word: a stopped or timed-out execution runs no state any more that could. What
 * this throws is tried again by Lambda, and kept by the rule's dead-letter queue in the end.
 */
export async function endWorkflow(fn: WorkflowFunction, { detail }: ExecutionStatusEvent): Promise<void> {
  const { config, dynamodb, clock, log, onEnded, workflow } = fn;
  const { name: runId, status, stopDate, output, error, cause, redriveCount } = detail;
  const item = await settleWorkflow({ dynamodb, table: config.table, workflow }, runId, {
    status,
    stoppedAt: stopDate ?? clock.now(),
    ...(output !== null && { output }),
    ...(error !== null && { error }),
    ...(cause !== null && { cause }),
    redriveCount,
  });
  if (item === undefined) {
    log({
      level: 'WARN',
      message: `an execution of workflow '${workflow.name}' ended whose run is not there`,
      runId,
    });
    return;
  }
  if (redriveCount !== undefined && redriveCount < item.epoch) {
    log({ level: 'INFO', message: 'the run has been redriven since this end of it', runId });
    return;
  }
  log({ level: status === 'SUCCEEDED' ? 'INFO' : 'WARN', message: `workflow ${item.status}`, runId });
  await onEnded(toWorkflowRun(item));
}
