import { Stack } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { MAX_HISTORY_EVENTS } from '../../contract/workflow/flow.ts';

/** States of the user's own, by the name that the flow goes through them by. */
export type OwnStates = ReadonlyMap<string, readonly sfn.State[]>;

/** As they are before the flow is put behind them. */
export function findOwnStates(states: Readonly<Record<string, sfn.IChainable>>): OwnStates {
  const reachable = ({ startState }: sfn.IChainable) =>
    sfn.State.findReachableStates(startState, { includeErrorHandlers: true });
  return new Map(Object.entries(states).map(([name, chainable]) => [name, reachable(chainable)]));
}

/**
 * To be called when the state machine is there: before, a Parallel state does not know its branches.
 *
 * @throws Error naming each state of JSONPath, and each cycle that waits for nothing
 */
export function checkOwnStates(scope: Construct, own: OwnStates): void {
  const problems = [...own].flatMap(([name, states]) => {
    const definitions = states.map(state => [
      state.id,
      Stack.of(scope).resolve(state.toStateJson(sfn.QueryLanguage.JSONATA)),
    ]);
    return problemsOf(Object.fromEntries(definitions)).map(problem => `states.${name}: ${problem}`);
  });
  if (problems.length > 0)
    throw new Error(problems.map(problem => `${scope.node.path}: ${problem}`).join('\n'));
}

interface StateJson {
  readonly Type: string;
  readonly QueryLanguage?: string;
  readonly Resource?: unknown;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly { readonly Next: string }[];
  readonly Branches?: readonly StateList[];
  readonly ItemProcessor?: StateList;
}

interface StateList {
  readonly States: Readonly<Record<string, StateJson>>;
}

function problemsOf(states: StateList['States']): string[] {
  const cycle = findCycle(states);
  return [
    ...Object.entries(states).flatMap(([id, state]) => jsonPathProblems(id, state)),
    ...(cycle
      ? [
          `the cycle ${cycle.join(' → ')} waits for nothing, and could use up the ${MAX_HISTORY_EVENTS} events of a history; ` +
            'put a Wait state into it, or have the flow repeat() a step',
        ]
      : []),
    ...Object.values(states).flatMap(innerLists).flatMap(problemsOf),
  ];
}

function jsonPathProblems(id: string, state: StateJson): string[] {
  const fields = Object.keys(state).filter(isOfJsonPath);
  if (fields.length === 0 && state.QueryLanguage !== 'JSONPath') return [];
  return [
    `state '${id}' must be of JSONata, as the state machine is, got ${fields.join(', ') || 'QueryLanguage JSONPath'}; ` +
      `make it with its class's jsonata(), with arguments and outputs`,
  ];
}

/** In the place of `Arguments` and `Output`. https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html */
function isOfJsonPath(field: string): boolean {
  return field.endsWith('Path') || ['Parameters', 'Result', 'ResultSelector', 'Iterator'].includes(field);
}

function innerLists({ Branches = [], ItemProcessor }: StateJson): StateList['States'][] {
  return [...Branches, ...(ItemProcessor ? [ItemProcessor] : [])].map(({ States }) => States);
}

/** @returns the ids of states that lead to one another without a pause, the first again at the end */
function findCycle(states: StateList['States']): string[] | undefined {
  const done = new Set<string>();
  const follow = (id: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id];
    const state = states[id];
    if (!state || done.has(id) || pauses(state)) return undefined;
    for (const next of nextOf(state)) {
      const cycle = follow(next, [...path, id]);
      if (cycle) return cycle;
    }
    done.add(id);
    return undefined;
  };
  for (const id of Object.keys(states)) {
    const cycle = follow(id, []);
    if (cycle) return cycle;
  }
  return undefined;
}

function nextOf({ Next, Default, Choices = [], Catch = [] }: StateJson): string[] {
  return [Next, Default, ...[...Choices, ...Catch].map(way => way.Next)].filter(id => id !== undefined);
}

function pauses(state: StateJson): boolean {
  return (
    state.Type === 'Wait' ||
    JSON.stringify(state.Resource ?? '').includes('.waitForTaskToken') ||
    innerLists(state).some(inner => Object.values(inner).some(pauses))
  );
}
