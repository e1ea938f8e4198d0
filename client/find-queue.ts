import type { QueueConfig } from '../contract/environment.ts';
import type { RunItem } from '../contract/run-item.ts';

/** @throws Error when no queue, or more than one, carries the task */
export function findQueue(queues: readonly QueueConfig[], task: string): QueueConfig {
  const [queue, other] = queues.filter(({ tasks }) => tasks.includes(task));
  if (queue === undefined) {
    throw new Error(
      `No queue is known for task '${task}'; known are ${queues.map(describe).join(', ') || 'none'}. Let the stack ` +
        "call grantSend(fn) of the task's queue for this function, or pass the queue to createClient({ queues })",
    );
  }
  if (other !== undefined) {
    throw new Error(
      `Task '${task}' is carried by two queues, ${queue.url} and ${other.url}, so it is not clear where it belongs. ` +
        'Give the task to one queue only, or pass that queue alone to createClient({ queues })',
    );
  }
  return queue;
}

/** The queue of a run that is there. */
export function queueOfRun(
  queues: readonly QueueConfig[],
  table: string,
  { task }: Pick<RunItem, 'task'>,
): QueueConfig | undefined {
  return queues.find(queue => queue.table === table && queue.tasks.includes(task));
}

/** Queues whose dead-letter queues may hold messages of the task: its own; all, for one that no queue carries. */
export function queuesOf(queues: readonly QueueConfig[], task: string | undefined): readonly QueueConfig[] {
  const carriers = queues.filter(({ tasks }) => task !== undefined && tasks.includes(task));
  return carriers.length > 0 ? carriers : queues;
}

const describe = ({ url, tasks }: QueueConfig) => `${url} (${tasks.join(', ')})`;
