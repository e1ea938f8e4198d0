import type { ChangeMessageVisibilityBatchResult } from '@aws-sdk/client-sqs';
import { readEntries, settleEntries } from '../batch.ts';
import { requireString } from '../input.ts';
import type { Verb } from '../verb.ts';
import { changeVisibility } from './change-message-visibility.ts';

export const changeMessageVisibilityBatch: Verb = (store, input) => {
  const queue = store.requireByUrl(requireString(input, 'QueueUrl'));
  return settleEntries(readEntries(input), entry =>
    changeVisibility(queue, entry),
  ) satisfies ChangeMessageVisibilityBatchResult;
};
