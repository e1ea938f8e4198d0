import type { ListQueueTagsResult } from '@aws-sdk/client-sqs';
import { requireString } from '../input.ts';
import type { Verb } from '../verb.ts';

export const listQueueTags: Verb = (store, input) => {
  const { tags } = store.requireByUrl(requireString(input, 'QueueUrl'));
  return tags.size === 0 ? {} : ({ Tags: Object.fromEntries(tags) } satisfies ListQueueTagsResult);
};
