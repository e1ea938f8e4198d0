import { requireString } from '../input.ts';
import type { Verb } from '../verb.ts';

/** At once, where AWS takes up to 60 seconds. */
export const deleteQueue: Verb = (store, input) => {
  store.delete(store.requireByUrl(requireString(input, 'QueueUrl')));
  return {};
};
