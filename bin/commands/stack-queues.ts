import { ENVIRONMENT_VARIABLE, type QueueConfig, readEnvironment } from '../../contract/environment.ts';
import { StartError } from '../../local/start-error.ts';

export interface StackResource {
  readonly type: string;
  /** A function's name; a nested stack's ARN. */
  readonly physicalId: string;
}

/** What is asked of AWS. */
export interface StackReader {
  listResources(stack: string): Promise<readonly StackResource[]>;
  environmentOf(functionName: string): Promise<Readonly<Record<string, string>>>;
}

/** A function is asked by a request of its own; Lambda takes 100 of them a second. */
const FUNCTIONS_AT_ONCE = 10;

/**
 * The task queues of a deployed stack and of the stacks nested in it: those that a function of theirs consumes. The
 * consumer's environment says all there is to know, whichever stacks queue and table are in.
 *
 * @throws StartError when there is none
 */
export async function findStackQueues(stack: string, aws: StackReader): Promise<readonly QueueConfig[]> {
  const functionNames = await listFunctions(stack, aws);
  const queues = new Map<string, QueueConfig>();
  for (let start = 0; start < functionNames.length; start += FUNCTIONS_AT_ONCE) {
    const some = functionNames.slice(start, start + FUNCTIONS_AT_ONCE);
    for (const environment of await Promise.all(some.map(name => aws.environmentOf(name)))) {
      for (const queue of consumedQueues(environment)) queues.set(queue.url, queue);
    }
  }
  if (queues.size > 0) return [...queues.values()];
  const count = functionNames.length === 1 ? '1 function' : `${functionNames.length} functions`;
  throw new StartError(
    `stack ${stack} has no task queue: none of its ${count} is a TaskQueue's consumer; name the stack that has the ` +
      'TaskQueue',
  );
}

async function listFunctions(stack: string, aws: StackReader): Promise<string[]> {
  const functionNames: string[] = [];
  const stacks = [stack];
  for (let next = stacks.shift(); next !== undefined; next = stacks.shift()) {
    for (const { type, physicalId } of await aws.listResources(next)) {
      if (type === 'AWS::Lambda::Function') functionNames.push(physicalId);
      if (type === 'AWS::CloudFormation::Stack') stacks.push(physicalId);
    }
  }
  return functionNames;
}

function consumedQueues(environment: Readonly<Record<string, string>>): QueueConfig[] {
  if (environment[ENVIRONMENT_VARIABLE] === undefined) return [];
  return readEnvironment(environment).flatMap(({ consumer, ...queue }) => (consumer ? [queue] : []));
}
