import { SqsError } from './sqs-error.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_TagQueue.html */
const MAX_TAGS = 50;

/** Gives a queue these tags, over those of the same keys, or, when it would have too many, none of them. */
export function addTags(
  queue: { readonly name: string; readonly tags: Map<string, string> },
  added: Readonly<Record<string, string>>,
): void {
  checkTagCount(queue.name, new Set([...queue.tags.keys(), ...Object.keys(added)]).size);
  for (const [key, value] of Object.entries(added)) queue.tags.set(key, value);
}

/** @throws SqsError */
export function checkTagCount(queueName: string, count: number): void {
  if (count <= MAX_TAGS) return;
  throw new SqsError(
    'InvalidParameterValue',
    `Too many tags added for queue ${queueName}. It may have ${MAX_TAGS}, got ${count}; take some away.`,
  );
}
