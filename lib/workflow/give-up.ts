import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { callFunction, OWN_RETRY } from './call-function.ts';
import type { StateBuilder } from './state-builder.ts';

/**
 * Of an execution that was never redriven, Step Functions does not promise the count.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
 */
const REDRIVES =
  '($exists($states.context.Execution.RedriveCount) ? $states.context.Execution.RedriveCount : 0)';

export interface GivenUp {
  readonly name: string;
  readonly error: string;
  readonly cause: string;
}

/**
 * Fails with an error of its own, and goes on with `again` where it is redriven. A Fail state would fail once more:
 * https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html#redrive-individual-state-behavior
 */
export function giveUp(builder: StateBuilder, { name, error, cause }: GivenUp, again: sfn.State): sfn.Chain {
  const before = builder.newVariable('redrives');
  const count = sfn.Pass.jsonata(builder.scope, builder.newId(name), {
    assign: { [before]: `{% ${REDRIVES} %}` },
  });
  const fail = callFunction(builder, {
    name: 'Give up',
    event: { kind: 'giveUp', error, cause, redriven: `{% ${REDRIVES} > $${before} %}` },
    output: '{% $states.input %}',
    retry: { ...OWN_RETRY, errors: ['States.Timeout'] },
  });
  return count.next(fail).next(again);
}
