import type { DescribeStateMachineForExecutionOutput, DescribeStateMachineOutput } from '@aws-sdk/client-sfn';
import type { Sent } from '../sent.ts';
import type { StateMachine } from '../state-machine.ts';
import { executionOf, machineOf } from '../store.ts';
import type { Verb } from '../verb.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html */
export const describeStateMachine: Verb = (store, input) => {
  const machine = machineOf(store, input.text('stateMachineArn'));
  return {
    ...described(machine),
    status: 'ACTIVE',
    type: 'STANDARD',
    creationDate: machine.createdAt / 1000,
  } satisfies Sent<DescribeStateMachineOutput>;
};

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachineForExecution.html */
export const describeStateMachineForExecution: Verb = (store, input) => {
  const { machine } = executionOf(store, input.text('executionArn'));
  return {
    ...described(machine),
    updateDate: machine.createdAt / 1000,
  } satisfies Sent<DescribeStateMachineForExecutionOutput>;
};

function described({ arn, name, definitionJson, roleArn }: StateMachine) {
  return { stateMachineArn: arn, name, definition: definitionJson, roleArn };
}
