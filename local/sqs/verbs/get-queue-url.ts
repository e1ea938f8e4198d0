import type { GetQueueUrlResult } from '@aws-sdk/client-sqs';
import { requireString } from '../input.ts';
import { SqsError } from '../sqs-error.ts';
import type { Verb } from '../verb.ts';

export const getQueueUrl: Verb = (store, input) => {
  const name = requireString(input, 'QueueName');
  const queue = store.findByName(name);
  if (queue === undefined)
    throw new SqsError('QueueDoesNotExist', `The specified queue does not exist: ${name}`);
  return { QueueUrl: queue.url } satisfies GetQueueUrlResult;
};
