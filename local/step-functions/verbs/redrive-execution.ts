import type { RedriveExecutionOutput } from '@aws-sdk/client-sfn';
import { notRedrivableReason } from '../redrivable.ts';
import type { Sent } from '../sent.ts';
import { StepFunctionsError } from '../step-functions-error.ts';
import { executionOf } from '../store.ts';
import type { Verb } from '../verb.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html */
export const redriveExecution: Verb = (store, input) => {
  const execution = executionOf(store, input.text('executionArn'));
  const clientToken = input.optionalText('clientToken');
  const redrivenAt = clientToken === undefined ? undefined : execution.redrivenBy(clientToken);
  if (redrivenAt !== undefined) return redriven(redrivenAt);
  const reason = notRedrivableReason(execution, store.now());
  if (reason !== undefined) throw new StepFunctionsError('ExecutionNotRedrivable', reason);
  execution.redrive(clientToken);
  return redriven(store.now());
};

function redriven(atMs: number) {
  return { redriveDate: atMs / 1000 } satisfies Sent<RedriveExecutionOutput>;
}
