import type { CreateQueueResult } from '@aws-sdk/client-sqs';
import { readStringMap, requireString } from '../input.ts';
import type { Verb } from '../verb.ts';

export const createQueue: Verb = (store, input) => {
  const tags = readStringMap(input, 'tags');
  const queue = store.create(requireString(input, 'QueueName'), readStringMap(input, 'Attributes'));
  for (const [key, value] of Object.entries(tags)) queue.tags.set(key, value);
  return { QueueUrl: queue.url } satisfies CreateQueueResult;
};
