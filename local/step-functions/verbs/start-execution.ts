import { randomUUID } from 'node:crypto';
import type { StartExecutionOutput } from '@aws-sdk/client-sfn';
import { checkPayload } from '../payload.ts';
import type { Sent } from '../sent.ts';
import { StepFunctionsError } from '../step-functions-error.ts';
import { executionArnOf, machineOf } from '../store.ts';
import type { Verb } from '../verb.ts';

/**
 * A second start of the same name and input is the first one, while that runs.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export const startExecution: Verb = (store, input, { traceHeader }) => {
  const machine = machineOf(store, input.text('stateMachineArn'));
  const name = input.optionalText('name') ?? randomUUID();
  checkName(name);
  const inputJson = input.optionalText('input') ?? '{}';
  checkPayload(inputJson, 'InvalidExecutionInput', 'input');
  const arn = executionArnOf(machine, name);
  const known = store.executions.get(arn);
  if (known === undefined) return started(store.start(machine, name, inputJson, traceHeader).record);
  if (known.record.status === 'RUNNING' && known.record.inputJson === inputJson) return started(known.record);
  throw new StepFunctionsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
};

function started({ arn, startedAt }: { readonly arn: string; readonly startedAt: number }) {
  return { executionArn: arn, startDate: startedAt / 1000 } satisfies Sent<StartExecutionOutput>;
}

const MAX_NAME_LENGTH = 80;

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html#API_StartExecution_RequestSyntax */
const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]+$/u;

function checkName(name: string): void {
  if (NAME.test(name) && name.length <= MAX_NAME_LENGTH) return;
  throw new StepFunctionsError('InvalidName', `Invalid Name: '${name}'`);
}
