import { requireString } from '../input.ts';
import type { Verb } from '../verb.ts';

export const deleteMessage: Verb = (store, input) => {
  store.requireByUrl(requireString(input, 'QueueUrl')).delete(requireString(input, 'ReceiptHandle'));
  return {};
};
