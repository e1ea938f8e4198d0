import type { FailState } from '../../definition/definition.ts';
import { evaluateIn, type StateEntry } from '../state-entry.ts';
import { StateFailure } from '../state-failure.ts';

/** @throws StateFailure always: it is what the state is for. */
export async function fail({ Error: error, Cause }: FailState, entry: StateEntry): Promise<never> {
  throw new StateFailure(await text(error, 'Error'), await text(Cause, 'Cause'));

  async function text(template: unknown, field: string): Promise<string> {
    if (template === undefined) return '';
    const value = await evaluateIn(entry, template, field);
    if (typeof value === 'string') return value;
    throw new StateFailure(
      'States.QueryEvaluationError',
      `The JSONata expression '${template}' specified for the field '${field}' must give a string, got ${JSON.stringify(value)}.`,
    );
  }
}
