import { ENVIRONMENT_VARIABLE, type QueueConfig, readEnvironment } from '../../contract/environment.ts';
import {
  readWorkflowEnvironment,
  WORKFLOWS_VARIABLE,
  type WorkflowConfig,
} from '../../contract/workflow/workflow-environment.ts';
import type { Engine } from '../../local/engine.ts';
import { mergeQueues } from './merge-queues.ts';

/** The variables with which a shell finds every queue and every workflow that some function of the stacks knows. */
export function producerEnvironment(functions: Engine['functions']): Readonly<Record<string, string>> {
  const known: QueueConfig[] = [];
  const workflows = new Map<string, WorkflowConfig>();
  for (const { environment } of functions) {
    if (environment[ENVIRONMENT_VARIABLE] !== undefined) known.push(...readEnvironment(environment));
    if (environment[WORKFLOWS_VARIABLE] !== undefined) {
      for (const workflow of readWorkflowEnvironment(environment)) workflows.set(workflow.machine, workflow);
    }
  }
  const queues = mergeQueues(known);
  return {
    ...(queues.length > 0 && { [ENVIRONMENT_VARIABLE]: JSON.stringify(queues) }),
    ...(workflows.size > 0 && { [WORKFLOWS_VARIABLE]: JSON.stringify([...workflows.values()]) }),
  };
}
