import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { toDefinition } from '../../contract/workflow/expression.ts';
import { variableOf } from '../../contract/workflow/flow.ts';
import type { RepeatNode } from '../../contract/workflow/flow-node.ts';
import { callFunction } from './call-function.ts';
import { passOn, type Segment, type StateBuilder } from './state-builder.ts';
import { RUN_ID } from './wait.ts';

/** Runs a step with its own answer until that says that it is done. */
export function repeatStep(builder: StateBuilder, { step, input, turns }: RepeatNode): Segment {
  const { scope, newId } = builder;
  const turn = variableOf(newId(`turn of ${step.name}`));
  const value = '{% $states.result.Payload.value %}';
  const begin = sfn.Pass.jsonata(scope, newId(`Begin to repeat ${step.name}`), {
    assign: { [turn]: 0 },
    outputs: toDefinition(input),
  });
  const run = callFunction(builder, {
    name: step.name,
    event: {
      kind: 'step',
      runId: RUN_ID,
      step: step.name,
      input: '{% $states.input %}',
      attempt: '{% $states.context.State.RetryCount + 1 %}',
    },
    output: value,
    assign: { [variableOf(step.name)]: value, [turn]: `{% $${turn} + 1 %}` },
    retry: step.policy,
  });
  const choice = sfn.Choice.jsonata(scope, newId(`Is ${step.name} through?`));
  const done = passOn(builder, `${step.name} is through`);
  const tooMany = sfn.Fail.jsonata(scope, newId(`${step.name} took too many turns`), {
    error: 'TooManyTurns',
    cause: `step '${step.name}' was not done after ${turns} turns`,
  });
  begin.next(run).next(choice);
  choice
    .when(sfn.Condition.jsonata('{% $states.input.done = true %}'), done.start)
    .when(sfn.Condition.jsonata(`{% $${turn} >= ${turns} %}`), tooMany)
    .otherwise(run);
  return { start: begin, ends: done.ends };
}
