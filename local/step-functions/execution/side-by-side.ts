import type { StateList } from '../definition/definition.ts';
import { beginning, type Frame } from './frame.ts';
import { type ListScope, variablesIn } from './scope.ts';

/** One branch or iteration. */
export interface Lane {
  readonly states: StateList;
  readonly input: unknown;
  /** What its `$states.context` has beside the execution's. */
  readonly context?: Readonly<Record<string, unknown>>;
  readonly onStarted?: (scope: ListScope) => void;
  readonly onEnded?: (scope: ListScope, how: 'succeeded' | 'failed' | 'aborted') => void;
}

/**
 * Runs lists of states side by side. The first that fails ends the others; those that have succeeded before are not
 * run again by a redrive.
 *
 * @returns their outputs, in their order.
 * @throws the first failure.
 */
export async function sideBySide(
  scope: ListScope,
  lanes: readonly Lane[],
  atOnce: number,
): Promise<unknown[]> {
  const { frame } = scope;
  frame.children ??= lanes.map(({ states, input }) => beginning(states.StartAt, input));
  scope.onChanged();
  const neighbours = new AbortController();
  const signal = AbortSignal.any([scope.signal, neighbours.signal]);
  const { children } = frame;
  let next = 0;

  async function work(): Promise<void> {
    for (let index = next++; index < lanes.length; index = next++) {
      const [lane, child] = [lanes[index], children[index]];
      if (lane === undefined || child === undefined) continue;
      try {
        await runLane(lane, child, { ...scope, signal });
      } catch (error) {
        neighbours.abort(error);
        throw error;
      }
    }
  }

  const workers = Array.from({ length: Math.min(atOnce, lanes.length) }, work);
  const outcomes = await Promise.allSettled(workers);
  scope.signal.throwIfAborted();
  if (neighbours.signal.aborted) throw neighbours.signal.reason;
  const bug = outcomes.find(outcome => outcome.status === 'rejected');
  if (bug) throw bug.reason;
  return children.map(child => child.output?.value);
}

async function runLane(lane: Lane, frame: Frame, around: ListScope): Promise<void> {
  if (frame.output) return;
  const scope: ListScope = {
    ...around,
    frame,
    outerVariables: variablesIn(around),
    context: { ...around.context, ...lane.context },
  };
  around.signal.throwIfAborted();
  lane.onStarted?.(scope);
  try {
    await scope.runStates(lane.states, scope);
    lane.onEnded?.(scope, 'succeeded');
  } catch (error) {
    lane.onEnded?.(scope, around.signal.aborted ? 'aborted' : 'failed');
    throw error;
  }
}
