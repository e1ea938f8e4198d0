import type { SendMessageResult } from '@aws-sdk/client-sqs';
import { readDraft, sendDraft } from '../draft.ts';
import { requireString } from '../input.ts';
import type { Verb } from '../verb.ts';

export const sendMessage: Verb = (store, input, call) => {
  const queue = store.requireByUrl(requireString(input, 'QueueUrl'));
  return sendDraft(queue, readDraft(queue, input, call)) satisfies SendMessageResult;
};
