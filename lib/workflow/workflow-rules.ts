import type { Construct } from 'constructs';
import { MAX_HISTORY_EVENTS } from '../../contract/workflow/flow.ts';
import { allNodes } from '../../contract/workflow/flow-node.ts';
import { signalsOf } from '../../contract/workflow/workflow.ts';
import { historyEvents, looksOf } from './history-size.ts';
import type { TaskWorkflowProps } from './task-workflow-props.ts';

/** @throws Error naming everything that cannot work, with the value, what is allowed and the fix */
export function checkTaskWorkflow(scope: Construct, props: TaskWorkflowProps): void {
  const problems = [
    ...historyProblems(props),
    ...signalProblems(props),
    ...taskProblems(props),
    ...stateProblems(props),
  ];
  if (problems.length > 0)
    throw new Error(problems.map(problem => `${scope.node.path}: ${problem}`).join('\n'));
}

function historyProblems({ workflow: { nodes } }: TaskWorkflowProps): string[] {
  const events = historyEvents(nodes);
  if (events <= MAX_HISTORY_EVENTS) return [];
  const polls = allNodes(nodes)
    .filter(node => node.kind === 'until' || node.kind === 'task' || node.kind === 'repeat')
    .map(node => {
      if (node.kind === 'repeat') return `step '${node.step.name}' (${node.turns} turns)`;
      const name = node.kind === 'until' ? `step '${node.step.name}'` : `task '${node.task.name}'`;
      return `${name} (${looksOf(node)} looks, every ${node.everySeconds} s for ${node.timeoutSeconds} s)`;
    });
  return [
    `an execution must have at most ${MAX_HISTORY_EVENTS} events, got up to ${events} for ${polls.join(', ')}; look less ` +
      'often, give it up earlier, or repeat it in fewer turns',
  ];
}

function signalProblems({ workflow: { nodes } }: TaskWorkflowProps): string[] {
  const names = signalsOf(nodes).map(({ name }) => name);
  const wrong = names.filter(name => !/^[a-zA-Z][a-zA-Z0-9._-]{0,59}$/.test(name));
  const twice = names.filter((name, index) => names.indexOf(name) < index);
  return [
    ...wrong.map(
      name => `a signal's name must be 1 to 60 of a-z A-Z 0-9 . _ - and begin with a letter, got '${name}'`,
    ),
    ...twice.map(
      name => `each signal must be awaited once in a flow, got '${name}' twice; give one another name`,
    ),
    ...signalsInMaps(nodes).map(
      name => `a signal cannot be awaited within a map, for its items share one run, got '${name}'`,
    ),
  ];
}

function signalsInMaps(nodes: TaskWorkflowProps['workflow']['nodes']): string[] {
  return allNodes(nodes).flatMap(node =>
    node.kind === 'map' ? signalsOf(node.each).map(({ name }) => name) : [],
  );
}

function taskProblems({ workflow: { nodes }, queues = [] }: TaskWorkflowProps): string[] {
  const sent = new Set(queues.flatMap(queue => queue.taskNames));
  return allNodes(nodes).flatMap(node =>
    node.kind === 'task' && !sent.has(node.task.name)
      ? [
          `queues must have the task queue of '${node.task.name}', which the flow sends, got tasks ` +
            `${[...sent].join(', ') || 'none'}`,
        ]
      : [],
  );
}

function stateProblems({ workflow: { nodes }, states = {} }: TaskWorkflowProps): string[] {
  const used = allNodes(nodes).flatMap(node => (node.kind === 'states' ? [node.name] : []));
  const twice = new Set(used.filter((name, index) => used.indexOf(name) < index));
  return [
    ...Object.keys(states)
      .filter(name => !used.includes(name))
      .map(
        name =>
          `states has '${name}', which the flow does not go through; remove it, or put states('${name}') into the flow`,
      ),
    ...[...twice].map(
      name =>
        `a state machine has each state once, got states('${name}') twice in the flow; make the second states of their ` +
        'own, under another name',
    ),
  ];
}
