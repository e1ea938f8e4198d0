import { EVENTS_OF_A_TURN } from '../../contract/workflow/flow.ts';
import { type FlowNode, innerNodes } from '../../contract/workflow/flow-node.ts';
import type { StepDefinition } from '../../contract/workflow/step.ts';

/** A task has five (entered, scheduled, started, succeeded, exited), a choice, a wait and a pass two each. */
const EVENTS_OF_A_LOOK = 9;
const EVENTS_OF_A_TASK = 5;
/** A task that says so, and the wait itself. */
const EVENTS_OF_A_WAIT = 7;
/** One that waits for its token is submitted, too. */
const EVENTS_OF_A_SIGNAL = 6;
/** What begins a loop, and what gives it up: a pass, and a task that fails. */
const EVENTS_AROUND_A_LOOP = 8;
/** With one item: itself, the item's turn and its number, the ways around it, and the count of failures. */
const EVENTS_OF_A_MAP = 16;
/** Of a way on which nothing is done. */
const EVENTS_OF_A_PASS = 2;
const EVENTS_OF_ANY_OTHER = 4;
/** Failed, scheduled and started. */
const EVENTS_OF_A_RETRY = 3;
/** Its start and its end. */
const EVENTS_OF_AN_EXECUTION = 2;

/**
 * Events that a flow can come to: each look of its waits is needed, each attempt of a step, and each wait is given up.
 * Those of a map are counted once: how many items there will be, nobody knows. Nor does anybody know how often Lambda
 * itself will fail.
 */
export function historyEvents(nodes: readonly FlowNode[]): number {
  return EVENTS_OF_AN_EXECUTION + eventsOfAll(nodes);
}

function eventsOfAll(nodes: readonly FlowNode[]): number {
  return nodes.length === 0 ? EVENTS_OF_A_PASS : nodes.reduce((sum, node) => sum + eventsOf(node), 0);
}

function eventsOf(node: FlowNode): number {
  const inner = innerNodes(node).map(eventsOfAll);
  const within = inner.reduce((sum, events) => sum + events, 0);
  switch (node.kind) {
    case 'step':
      return EVENTS_OF_A_TASK + retriesOf(node.step);
    case 'until':
      return looksOf(node) * (EVENTS_OF_A_LOOK + retriesOf(node.step)) + EVENTS_AROUND_A_LOOP;
    case 'task':
      return looksOf(node) * EVENTS_OF_A_LOOK + EVENTS_AROUND_A_LOOP + EVENTS_OF_A_TASK;
    case 'repeat':
      return node.turns * (EVENTS_OF_A_TURN + retriesOf(node.step)) + EVENTS_AROUND_A_LOOP;
    case 'wait':
      return EVENTS_OF_A_WAIT;
    case 'signal':
      return EVENTS_OF_A_SIGNAL + (node.onTimeout ? within : EVENTS_AROUND_A_LOOP);
    case 'map':
      return EVENTS_OF_A_MAP + within;
    case 'choose':
      return EVENTS_OF_ANY_OTHER + Math.max(...inner);
    default:
      return EVENTS_OF_ANY_OTHER + within;
  }
}

function retriesOf({ policy }: StepDefinition): number {
  return (policy.attempts - 1) * EVENTS_OF_A_RETRY;
}

export function looksOf(node: { readonly everySeconds: number; readonly timeoutSeconds: number }): number {
  return Math.ceil(node.timeoutSeconds / node.everySeconds) + 1;
}
