import { type Bindings, evaluate } from '../expressions/evaluate.ts';
import { checkSize, checkVariables } from './data-limits.ts';
import { type ListScope, record, variablesIn } from './scope.ts';
import { StateFailure } from './state-failure.ts';

/** One entry into a state, with all that its templates can see. */
export interface StateEntry {
  readonly name: string;
  readonly input: unknown;
  readonly scope: ListScope;
  /** Milliseconds since the Unix epoch. */
  readonly enteredAt: number;
  /** How often the state was retried since it was entered. */
  retryCount: number;
}

/** What a state's `$states` has beside input and context. */
export interface Seen {
  readonly result?: unknown;
  readonly errorOutput?: unknown;
  /** `$states.context.Task`. */
  readonly task?: { readonly Token: string };
  /** `$states.context.Map`. */
  readonly map?: { readonly Item: { readonly Index: number; readonly Value: unknown } };
}

/** What a state leaves behind. */
export interface StateExit {
  /** Undefined: the list has succeeded. */
  readonly next: string | undefined;
  readonly output: unknown;
  readonly assigned?: Readonly<Record<string, unknown>>;
}

/** @throws StateFailure for an expression that fails; the history says so. */
export async function evaluateIn(
  entry: StateEntry,
  template: unknown,
  field: string,
  seen: Seen = {},
): Promise<unknown> {
  try {
    return await evaluate(template, field, bindingsOf(entry, seen));
  } catch (failure) {
    if (!(failure instanceof StateFailure)) throw failure;
    const { error, details: cause } = failure;
    record(entry.scope, 'EvaluationFailed', {
      evaluationFailedEventDetails: { error, cause, location: field, state: entry.name },
    });
    throw failure;
  }
}

function bindingsOf({ name, input, scope, enteredAt, retryCount }: StateEntry, seen: Seen): Bindings {
  const { result, errorOutput, task, map } = seen;
  const state = { EnteredTime: new Date(enteredAt).toISOString(), Name: name, RetryCount: retryCount };
  return {
    states: {
      input,
      context: { ...scope.context, State: state, ...(task && { Task: task }), ...(map && { Map: map }) },
      ...('result' in seen && { result }),
      ...('errorOutput' in seen && { errorOutput }),
    },
    variables: variablesIn(scope),
    nowMs: scope.clock.now(),
  };
}

/**
 * What a state passes on, where it has no `Output`, is `otherwise`. All expressions see the variables as they were.
 *
 * @throws StateFailure for an expression that fails, and for more than a state may pass on.
 */
export async function leave(
  entry: StateEntry,
  from: { readonly Assign?: Readonly<Record<string, unknown>>; readonly Output?: unknown },
  otherwise: unknown,
  seen: Seen = {},
): Promise<Pick<StateExit, 'output' | 'assigned'>> {
  const { Assign, Output } = from;
  const output = Output === undefined ? otherwise : await evaluateIn(entry, Output, 'Output', seen);
  checkSize(output, `The state/task '${entry.name}' returned a result`);
  if (Assign === undefined) return { output };
  const assigned = (await evaluateIn(entry, Assign, 'Assign', seen)) as Record<string, unknown>;
  checkVariables(assigned, entry.name, entry.scope);
  return { output, assigned };
}
