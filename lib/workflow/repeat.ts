import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { toDefinition } from '../../contract/workflow/expression.ts';
import type { RepeatNode } from '../../contract/workflow/flow-node.ts';
import { callStep, STEP_VALUE } from './call-step.ts';
import { giveUp } from './give-up.ts';
import { passOn, type Segment, type StateBuilder } from './state-builder.ts';

/** Runs a step with its own answer until that says that it is done. */
export function repeatStep(builder: StateBuilder, { step, input, variable, turns }: RepeatNode): Segment {
  const { scope, newId } = builder;
  const turn = builder.newVariable('turn');
  const begin = sfn.Pass.jsonata(scope, newId(`Begin to repeat ${step.name}`), {
    assign: { [turn]: 0 },
    outputs: toDefinition(input),
  });
  const run = callStep(builder, step, {
    input: '{% $states.input %}',
    output: STEP_VALUE,
    assign: { [variable]: STEP_VALUE, [turn]: `{% $${turn} + 1 %}` },
  });
  const choice = sfn.Choice.jsonata(scope, newId(`Is ${step.name} through?`));
  const done = passOn(builder, `${step.name} is through`);
  const again = sfn.Pass.jsonata(scope, newId(`Repeat ${step.name} anew`), { assign: { [turn]: 0 } });
  again.next(run);
  const tooMany = giveUp(
    builder,
    {
      name: `${step.name} took too many turns`,
      error: 'TooManyTurns',
      cause: `step '${step.name}' was not done after ${turns} turns`,
    },
    again,
  );
  begin.next(run).next(choice);
  choice
    .when(sfn.Condition.jsonata('{% $states.input.done = true %}'), done.start)
    .when(sfn.Condition.jsonata(`{% $${turn} >= ${turns} %}`), tooMany)
    .otherwise(run);
  return { start: begin, ends: done.ends };
}
