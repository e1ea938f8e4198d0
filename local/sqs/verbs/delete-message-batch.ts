import type { DeleteMessageBatchResult } from '@aws-sdk/client-sqs';
import { readEntries, settleEntries } from '../batch.ts';
import { requireString } from '../input.ts';
import type { Verb } from '../verb.ts';

export const deleteMessageBatch: Verb = (store, input) => {
  const queue = store.requireByUrl(requireString(input, 'QueueUrl'));
  return settleEntries(readEntries(input), entry =>
    queue.delete(requireString(entry, 'ReceiptHandle')),
  ) satisfies DeleteMessageBatchResult;
};
