import type { Execution } from './execution/execution.ts';
import type { StateMachine } from './state-machine.ts';
import { StepFunctionsError } from './step-functions-error.ts';
import type { TaskTokens } from './tasks/task-tokens.ts';

/** What the verbs work on. */
export interface StepFunctionsStore {
  readonly now: () => number;
  readonly tokens: TaskTokens;
  /** By ARN. */
  readonly machines: ReadonlyMap<string, StateMachine>;
  /** By ARN, in the order of their starts. */
  readonly executions: ReadonlyMap<string, Execution>;
  /** @returns the execution, which is running. */
  start(machine: StateMachine, name: string, inputJson: string, traceHeader: string | undefined): Execution;
}

export function machineOf(store: StepFunctionsStore, arn: string): StateMachine {
  const machine = store.machines.get(arn);
  if (machine) return machine;
  throw new StepFunctionsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
}

export function executionOf(store: StepFunctionsStore, arn: string): Execution {
  const execution = store.executions.get(arn);
  if (execution) return execution;
  throw new StepFunctionsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
}

export function executionArnOf(machine: StateMachine, name: string): string {
  return `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
}
