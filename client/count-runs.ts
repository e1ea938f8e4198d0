import { GetQueueAttributesCommand, type QueueAttributeName } from '@aws-sdk/client-sqs';
import type { TaskDefinition } from '../contract/task.ts';
import type { ClientContext } from './client-context.ts';
import { findQueue } from './find-queue.ts';

/** Messages as SQS counts them: approximate, and of all tasks that share the queue. */
export interface RunCounts {
  /** To be received at once. */
  readonly waiting: number;
  /** Received and not settled: at work, or hidden for their backoff. */
  readonly inFlight: number;
  /** Sent with a delay that has not passed. */
  readonly delayed: number;
  /** In the dead-letter queue. */
  readonly deadLettered: number;
}

export async function countRuns(
  context: ClientContext,
  task: Pick<TaskDefinition, 'name'>,
): Promise<RunCounts> {
  const { url, deadLetterUrl } = findQueue(context.queues, task.name);
  const [queue, deadLetterQueue] = await Promise.all([
    countMessages(context, url),
    countMessages(context, deadLetterUrl),
  ]);
  const { waiting, inFlight, delayed } = deadLetterQueue;
  return { ...queue, deadLettered: waiting + inFlight + delayed };
}

const ATTRIBUTES = {
  waiting: 'ApproximateNumberOfMessages',
  inFlight: 'ApproximateNumberOfMessagesNotVisible',
  delayed: 'ApproximateNumberOfMessagesDelayed',
} as const satisfies Record<string, QueueAttributeName>;

async function countMessages({ sqs }: ClientContext, url: string) {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: Object.values(ATTRIBUTES) }),
  );
  const count = (name: QueueAttributeName) => Number(Attributes[name]);
  return {
    waiting: count(ATTRIBUTES.waiting),
    inFlight: count(ATTRIBUTES.inFlight),
    delayed: count(ATTRIBUTES.delayed),
  };
}
