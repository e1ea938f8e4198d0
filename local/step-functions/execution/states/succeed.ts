import type { SucceedState } from '../../definition/definition.ts';
import { leave, type StateEntry, type StateExit } from '../state-entry.ts';

export async function succeed(state: SucceedState, entry: StateEntry): Promise<StateExit> {
  return { next: undefined, ...(await leave(entry, state, entry.input)) };
}
