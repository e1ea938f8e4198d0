import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { toRunError } from '../contract/dead-letter.ts';
import { LONGEST_HIDING_SECONDS, SQS } from '../contract/limits.ts';
import type { Log } from './log.ts';

export interface ReturnedRecord {
  readonly record: SQSRecord;
  readonly delayMs: number;
}

/**
 * Gives each returned message its own time out of sight. Lambda does not reset it for records that are reported as
 * failed. A change that fails costs only time: the message comes back when the queue's visibility timeout ends.
 */
export async function hideReturned(
  sqs: SQSClient,
  queueUrl: string,
  returned: readonly ReturnedRecord[],
  log: Log,
): Promise<void> {
  const requests: Promise<void>[] = [];
  for (let start = 0; start < returned.length; start += SQS.maxBatchEntries) {
    requests.push(hideBatch(sqs, queueUrl, returned.slice(start, start + SQS.maxBatchEntries), log));
  }
  await Promise.all(requests);
}

async function hideBatch(sqs: SQSClient, queueUrl: string, batch: readonly ReturnedRecord[], log: Log) {
  const entries = batch.map(({ record, delayMs }, index) => ({
    Id: String(index),
    ReceiptHandle: record.receiptHandle,
    VisibilityTimeout: Math.min(Math.ceil(delayMs / 1000), LONGEST_HIDING_SECONDS),
  }));
  try {
    const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries: entries });
    for (const { Code, Message } of (await sqs.send(command)).Failed ?? []) {
      log({
        level: 'WARN',
        message: `a returned message keeps the queue's visibility timeout: ${Code} ${Message}`,
      });
    }
  } catch (error) {
    const message = `${batch.length} returned messages keep the queue's visibility timeout`;
    log({ level: 'WARN', message, error: toRunError(error) });
  }
}
