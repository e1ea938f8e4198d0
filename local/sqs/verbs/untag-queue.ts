import { readStrings, requireString } from '../input.ts';
import type { Verb } from '../verb.ts';

export const untagQueue: Verb = (store, input) => {
  const { tags } = store.requireByUrl(requireString(input, 'QueueUrl'));
  for (const key of readStrings(input, 'TagKeys')) tags.delete(key);
  return {};
};
