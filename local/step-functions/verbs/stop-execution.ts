import type { StopExecutionOutput } from '@aws-sdk/client-sfn';
import { errorAndCause } from '../error-and-cause.ts';
import type { Sent } from '../sent.ts';
import { executionOf } from '../store.ts';
import type { Verb } from '../verb.ts';

/** An execution that has ended stays as it is. https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html */
export const stopExecution: Verb = (store, input) => {
  const execution = executionOf(store, input.text('executionArn'));
  const { error, cause } = errorAndCause(input);
  execution.stop(error, cause);
  const stoppedAt = execution.record.stoppedAt ?? store.now();
  return { stopDate: stoppedAt / 1000 } satisfies Sent<StopExecutionOutput>;
};
