import type { PassState } from '../../definition/definition.ts';
import { leave, type StateEntry, type StateExit } from '../state-entry.ts';

export async function pass(state: PassState, entry: StateEntry): Promise<StateExit> {
  return { next: state.Next, ...(await leave(entry, state, entry.input)) };
}
