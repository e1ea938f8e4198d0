import type { QueueConfig } from '../../contract/environment.ts';

/** What functions know of their task queues, put together: not each of them needs to know all of a queue. */
export function mergeQueues(known: readonly QueueConfig[]): readonly QueueConfig[] {
  const queues = new Map<string, QueueConfig>();
  for (const { consumer: _consumerOnly, ...queue } of known) {
    queues.set(queue.url, { ...queues.get(queue.url), ...queue });
  }
  return [...queues.values()];
}
