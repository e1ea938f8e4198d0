import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import { SQS } from '../../contract/limits.ts';
import { type Input, readInputs, readString } from './input.ts';
import { SqsError } from './sqs-error.ts';

export interface BatchEntry {
  readonly id: string;
  readonly input: Input;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatchRequestEntry.html */
const ENTRY_ID = /^[A-Za-z0-9_-]{1,80}$/;

/** The entries of a batch, or the error that refuses the batch as a whole. */
export function readEntries(input: Input): readonly BatchEntry[] {
  const entries = readInputs(input, 'Entries').map(entry => ({
    id: readString(entry, 'Id') ?? '',
    input: entry,
  }));
  if (entries.length === 0) {
    throw new SqsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > SQS.maxBatchEntries) {
    throw new SqsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${SQS.maxBatchEntries}. You have sent ${entries.length}.`,
    );
  }
  const ids = new Set<string>();
  for (const { id } of entries) {
    if (!ENTRY_ID.test(id)) {
      throw new SqsError(
        'InvalidBatchEntryId',
        `A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long. Got '${id}'.`,
      );
    }
    if (ids.has(id)) throw new SqsError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);
    ids.add(id);
  }
  return entries;
}

/** Runs each entry by itself: one that fails is told in `Failed` and leaves the others alone. */
export function settleEntries<Result>(
  entries: readonly BatchEntry[],
  run: (entry: Input) => Result,
): { Successful: (Result & { Id: string })[]; Failed: BatchResultErrorEntry[] } {
  const Successful: (Result & { Id: string })[] = [];
  const Failed: BatchResultErrorEntry[] = [];
  for (const { id, input } of entries) {
    try {
      Successful.push({ Id: id, ...run(input) });
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      Failed.push({ Id: id, SenderFault: error.status < 500, Code: error.queryCode, Message: error.message });
    }
  }
  return { Successful, Failed };
}
