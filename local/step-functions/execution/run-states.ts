import type { FailState, State, StateList } from '../definition/definition.ts';
import { type ListScope, record } from './scope.ts';
import type { StateEntry, StateExit } from './state-entry.ts';
import { StateFailure } from './state-failure.ts';
import { choose } from './states/choice.ts';
import { fail } from './states/fail.ts';
import { runMap } from './states/map.ts';
import { runParallel } from './states/parallel.ts';
import { pass } from './states/pass.ts';
import { succeed } from './states/succeed.ts';
import { runTask } from './states/task.ts';
import { wait } from './states/wait.ts';

/**
 * Runs a list of states from where its frame says, to its end.
 *
 * @returns the list's output.
 * @throws StateFailure when a state fails; the frame says which. The signal's reason when that aborts.
 */
export async function runStates({ States }: StateList, scope: ListScope): Promise<unknown> {
  const { frame } = scope;
  if (frame.output) return frame.output.value;
  for (;;) {
    const state = States[frame.state];
    if (state === undefined) throw new StateFailure('States.Runtime', `There is no state '${frame.state}'.`);
    const { next, output, assigned } = await runState(state, scope);
    scope.signal.throwIfAborted();
    Object.assign(frame.variables, assigned);
    delete frame.children;
    delete frame.waitsUntil;
    delete frame.awaited;
    if (next === undefined) {
      frame.output = { value: output };
      scope.onChanged();
      return output;
    }
    frame.state = next;
    frame.input = output;
    scope.onChanged();
  }
}

async function runState(state: State, scope: ListScope): Promise<StateExit> {
  const { frame, clock } = scope;
  const entry: StateEntry = {
    name: frame.state,
    input: frame.input,
    scope,
    enteredAt: clock.now(),
    retryCount: 0,
  };
  record(scope, `${state.Type}StateEntered`, {
    stateEnteredEventDetails: { name: entry.name, input: JSON.stringify(entry.input), inputDetails: WHOLE },
  });
  if (state.Type === 'Fail') return await fail(state, entry);
  const exit = await act(state, entry);
  record(scope, `${state.Type}StateExited`, {
    stateExitedEventDetails: {
      name: entry.name,
      output: JSON.stringify(exit.output),
      outputDetails: WHOLE,
      ...(exit.assigned && {
        assignedVariables: Object.fromEntries(
          Object.entries(exit.assigned).map(([name, value]) => [name, JSON.stringify(value)]),
        ),
        assignedVariablesDetails: WHOLE,
      }),
    },
  });
  return exit;
}

const WHOLE = { truncated: false };

function act(state: Exclude<State, FailState>, entry: StateEntry): Promise<StateExit> {
  switch (state.Type) {
    case 'Pass':
      return pass(state, entry);
    case 'Task':
      return runTask(state, entry);
    case 'Choice':
      return choose(state, entry);
    case 'Wait':
      return wait(state, entry);
    case 'Succeed':
      return succeed(state, entry);
    case 'Parallel':
      return runParallel(state, entry);
    case 'Map':
      return runMap(state, entry);
  }
}
