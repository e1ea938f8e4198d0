import { type Input, readInteger, readString } from './input.ts';
import type { Queue } from './queue.ts';
import { SqsError } from './sqs-error.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueues.html */
const MAX_RESULTS = 1000;

/** One page of the queues, in the order of their names. Without `MaxResults` there is no next page to ask for. */
export function pageOf(
  queues: readonly Queue[],
  input: Input,
): { items: readonly Queue[]; NextToken?: string } {
  const maxResults = readInteger(input, 'MaxResults', { min: 1, max: MAX_RESULTS });
  const token = readString(input, 'NextToken');
  const after = token === undefined ? '' : Buffer.from(token, 'base64').toString();
  if (token !== undefined && maxResults === undefined) {
    throw new SqsError(
      'InvalidParameterValue',
      'MaxResults is a mandatory parameter when you provide a value for NextToken.',
    );
  }
  const left = queues.filter(queue => queue.name > after).sort((a, b) => (a.name < b.name ? -1 : 1));
  const items = left.slice(0, maxResults ?? MAX_RESULTS);
  const last = items.at(-1);
  if (maxResults === undefined || last === undefined || items.length === left.length) return { items };
  return { items, NextToken: Buffer.from(last.name).toString('base64') };
}
