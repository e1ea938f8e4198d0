import type { WorkflowWrite } from '../../client/workflow/workflow-store.ts';
import { NonRetryableError } from '../../contract/errors.ts';

/** The run has ended: canceled, or timed out. The step is not carried out. */
export class RunEndedError extends NonRetryableError {
  override readonly name = 'RunEndedError';
}

/** @throws RunEndedError when the write found a run that is no longer active */
export function refuseEnded(
  workflow: string,
  runId: string,
  write: WorkflowWrite,
): asserts write is WorkflowWrite & { readonly written: true } {
  if (write.written) return;
  throw new RunEndedError(`run ${runId} of workflow '${workflow}' is ${write.item?.status ?? 'not there'}`);
}
