import { readStringMap, requireString } from '../input.ts';
import type { Verb } from '../verb.ts';

export const tagQueue: Verb = (store, input) => {
  const { tags } = store.requireByUrl(requireString(input, 'QueueUrl'));
  for (const [key, value] of Object.entries(readStringMap(input, 'Tags'))) tags.set(key, value);
  return {};
};
