import type { Clock } from '../../clock.ts';
import type { StateList } from '../definition/definition.ts';
import type { CallAws } from '../tasks/call-aws.ts';
import type { TaskTokens } from '../tasks/task-tokens.ts';
import type { Frame } from './frame.ts';
import type { EventDetails, EventType, History } from './history.ts';

/** What the states of one execution work with. */
export interface ExecutionScope {
  readonly clock: Clock;
  readonly history: History;
  readonly tokens: TaskTokens;
  readonly callAws: CallAws;
  readonly region: string;
  readonly stateMachineArn: string;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  /** `$states.context` but for what its states add. */
  readonly context: Readonly<Record<string, unknown>>;
  /** The frame of the machine's own list, which holds all others. */
  readonly wholeFrame: Frame;
  /** Runs a list of states within a scope; states that hold others go on by it. */
  readonly runStates: (list: StateList, scope: ListScope) => Promise<unknown>;
  /** Aborts when the execution has ended: what is still under way then has no part in it. */
  readonly ended: AbortSignal;
  /** Told whenever a frame has changed. */
  readonly onChanged: () => void;
}

/** What the states of one list, of a machine, a branch or an iteration, work with. */
export interface ListScope extends ExecutionScope {
  readonly frame: Frame;
  /** Variables of the lists around this one: they can be read, and not be assigned. */
  readonly outerVariables: Readonly<Record<string, unknown>>;
  /** Ends the list: the execution was stopped, or a neighbour failed. */
  readonly signal: AbortSignal;
  /** `previousEventId` of the list's next event. */
  lastEventId: number;
}

export function variablesIn(scope: ListScope): Record<string, unknown> {
  return { ...scope.outerVariables, ...scope.frame.variables };
}

/** Adds an event to the list's own chain. */
export function record(scope: ListScope, type: EventType, details?: EventDetails): void {
  if (scope.ended.aborted) return;
  scope.lastEventId = scope.history.add(type, scope.lastEventId, details);
}
