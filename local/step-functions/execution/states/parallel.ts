import type { ParallelState } from '../../definition/definition.ts';
import { checkSize } from '../data-limits.ts';
import { withRetries } from '../retry.ts';
import { record } from '../scope.ts';
import { sideBySide } from '../side-by-side.ts';
import { evaluateIn, leave, type StateEntry, type StateExit } from '../state-entry.ts';

export function runParallel(state: ParallelState, entry: StateEntry): Promise<StateExit> {
  const { scope } = entry;
  return withRetries(state, entry, async () => {
    const input =
      state.Arguments === undefined ? entry.input : await evaluateIn(entry, state.Arguments, 'Arguments');
    record(scope, 'ParallelStateStarted');
    const lanes = state.Branches.map(states => ({ states, input }));
    try {
      const result = await sideBySide(scope, lanes, lanes.length);
      record(scope, 'ParallelStateSucceeded');
      checkSize(result, `The state/task '${entry.name}' returned a result`);
      return { next: state.Next, ...(await leave(entry, state, result, { result })) };
    } catch (error) {
      record(scope, scope.signal.aborted ? 'ParallelStateAborted' : 'ParallelStateFailed');
      throw error;
    }
  });
}
