import type { ListQueuesResult } from '@aws-sdk/client-sqs';
import { readString } from '../input.ts';
import { pageOf } from '../page.ts';
import type { Verb } from '../verb.ts';

export const listQueues: Verb = (store, input) => {
  const prefix = readString(input, 'QueueNamePrefix') ?? '';
  const { items, ...rest } = pageOf(
    store.all().filter(queue => queue.name.startsWith(prefix)),
    input,
  );
  return { QueueUrls: items.map(queue => queue.url), ...rest } satisfies ListQueuesResult;
};
