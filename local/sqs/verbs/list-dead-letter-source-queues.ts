import type { ListDeadLetterSourceQueuesResult } from '@aws-sdk/client-sqs';
import { requireString } from '../input.ts';
import { pageOf } from '../page.ts';
import type { Verb } from '../verb.ts';

export const listDeadLetterSourceQueues: Verb = (store, input) => {
  const queue = store.requireByUrl(requireString(input, 'QueueUrl'));
  const { items, ...rest } = pageOf(store.sourcesOf(queue), input);
  return { queueUrls: items.map(source => source.url), ...rest } satisfies ListDeadLetterSourceQueuesResult;
};
