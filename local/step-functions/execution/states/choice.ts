import type { ChoiceState } from '../../definition/definition.ts';
import { evaluateIn, leave, type StateEntry, type StateExit } from '../state-entry.ts';
import { StateFailure } from '../state-failure.ts';

/** The first rule whose condition is true decides, with its own `Assign` and `Output`; else the state's. */
export async function choose(state: ChoiceState, entry: StateEntry): Promise<StateExit> {
  for (const [index, rule] of state.Choices.entries()) {
    const holds = await evaluateIn(entry, rule.Condition, `Choices[${index}]/Condition`);
    if (typeof holds !== 'boolean') {
      throw new StateFailure(
        'States.QueryEvaluationError',
        `The condition '${rule.Condition}' of state '${entry.name}' must be true or false, got ${JSON.stringify(holds)}.`,
      );
    }
    if (holds) return { next: rule.Next, ...(await leave(entry, rule, entry.input)) };
  }
  if (state.Default === undefined) {
    throw new StateFailure(
      'States.NoChoiceMatched',
      `No choice of state '${entry.name}' matched its input, and it has no Default.`,
    );
  }
  return { next: state.Default, ...(await leave(entry, state, entry.input)) };
}
