import type { StepDefinition } from '../../contract/workflow/step.ts';
import { callFunction, type FunctionCall } from './call-function.ts';
import type { StateBuilder } from './state-builder.ts';
import type { TaskState } from './task-state.ts';
import { RUN_ID } from './wait.ts';

/** What the function answered to a step. */
export const STEP_VALUE = '{% $states.result.Payload.value %}';

/** A task that runs a step. @param input a template */
export function callStep(
  builder: StateBuilder,
  { name, policy }: StepDefinition,
  { input, ...more }: Pick<FunctionCall, 'output' | 'assign'> & { readonly input: unknown },
): TaskState {
  return callFunction(builder, {
    ...more,
    name,
    event: {
      kind: 'step',
      runId: RUN_ID,
      step: name,
      input,
      attempt: '{% $states.context.State.RetryCount + 1 %}',
    },
    retry: policy,
  });
}
