import { SQS } from '../../../contract/limits.ts';
import { type Input, readInteger, requireString } from '../input.ts';
import type { Queue } from '../queue.ts';
import { SqsError } from '../sqs-error.ts';
import type { Verb } from '../verb.ts';

export const changeMessageVisibility: Verb = (store, input) => {
  changeVisibility(store.requireByUrl(requireString(input, 'QueueUrl')), input);
  return {};
};

export function changeVisibility(queue: Queue, entry: Input): void {
  const receiptHandle = requireString(entry, 'ReceiptHandle');
  const seconds = readInteger(entry, 'VisibilityTimeout', { min: 0, max: SQS.maxVisibilityTimeoutSeconds });
  if (seconds === undefined) {
    throw new SqsError('MissingParameter', 'The request must contain the parameter VisibilityTimeout.');
  }
  queue.changeVisibility(receiptHandle, seconds);
}
