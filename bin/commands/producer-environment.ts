import { ENVIRONMENT_VARIABLE, type QueueConfig, readEnvironment } from '../../contract/environment.ts';
import type { Engine } from '../../local/engine.ts';

/** The variable with which `sendTask` in a shell finds every queue that some function of the stacks knows. */
export function producerEnvironment(functions: Engine['functions']): Readonly<Record<string, string>> {
  const queues = new Map<string, QueueConfig>();
  for (const { environment } of functions) {
    if (environment[ENVIRONMENT_VARIABLE] === undefined) continue;
    for (const { consumer: _consumerOnly, ...queue } of readEnvironment(environment))
      queues.set(queue.url, queue);
  }
  return queues.size === 0 ? {} : { [ENVIRONMENT_VARIABLE]: JSON.stringify([...queues.values()]) };
}
