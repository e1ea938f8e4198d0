import { EVENTS_OF_A_TURN } from '../../contract/workflow/flow.ts';
import { type FlowNode, innerNodes } from '../../contract/workflow/flow-node.ts';

/** A task has five (entered, scheduled, started, succeeded, exited), a choice and a wait two each. */
const EVENTS_OF_A_LOOK = 9;
const EVENTS_OF_A_TASK = 5;
const EVENTS_OF_ANY_OTHER = 4;

/**
 * Events that a flow comes to when each look of its waits is needed, without retries. Those of a map are counted once:
 * how many items there will be, nobody knows.
 */
export function historyEvents(nodes: readonly FlowNode[]): number {
  return nodes.reduce((sum, node) => sum + eventsOf(node), 0);
}

function eventsOf(node: FlowNode): number {
  const inner = innerNodes(node).map(historyEvents);
  const within = node.kind === 'choose' ? Math.max(...inner) : inner.reduce((sum, events) => sum + events, 0);
  if (node.kind === 'until' || node.kind === 'task')
    return looksOf(node) * EVENTS_OF_A_LOOK + EVENTS_OF_A_TASK;
  if (node.kind === 'repeat') return node.turns * EVENTS_OF_A_TURN + EVENTS_OF_ANY_OTHER;
  return within + (node.kind === 'step' ? EVENTS_OF_A_TASK : EVENTS_OF_ANY_OTHER);
}

export function looksOf(node: { readonly everySeconds: number; readonly timeoutSeconds: number }): number {
  return Math.ceil(node.timeoutSeconds / node.everySeconds) + 1;
}
