import type { CreateQueueResult } from '@aws-sdk/client-sqs';
import { readStringMap, requireString } from '../input.ts';
import { addTags, checkTagCount } from '../queue-tags.ts';
import type { Verb } from '../verb.ts';

export const createQueue: Verb = (store, input) => {
  const tags = readStringMap(input, 'tags');
  const name = requireString(input, 'QueueName');
  // Before there is a queue, which would stay without its tags.
  checkTagCount(name, Object.keys(tags).length);
  const queue = store.create(name, readStringMap(input, 'Attributes'));
  addTags(queue, tags);
  return { QueueUrl: queue.url } satisfies CreateQueueResult;
};
