import { readStringMap, requireString } from '../input.ts';
import type { Verb } from '../verb.ts';

/** In effect at once, where AWS takes up to 60 seconds, for the retention up to 15 minutes. */
export const setQueueAttributes: Verb = (store, input) => {
  const queue = store.requireByUrl(requireString(input, 'QueueUrl'));
  queue.changeAttributes(readStringMap(input, 'Attributes'));
  return {};
};
