import { readStringMap, requireString } from '../input.ts';
import { addTags } from '../queue-tags.ts';
import type { Verb } from '../verb.ts';

export const tagQueue: Verb = (store, input) => {
  addTags(store.requireByUrl(requireString(input, 'QueueUrl')), readStringMap(input, 'Tags'));
  return {};
};
