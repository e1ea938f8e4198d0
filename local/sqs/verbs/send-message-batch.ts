import type { SendMessageBatchResult } from '@aws-sdk/client-sqs';
import { SQS } from '../../../contract/limits.ts';
import { type BatchEntry, readEntries, settleEntries } from '../batch.ts';
import { readDraft, sendDraft } from '../draft.ts';
import { readString, requireString, toInput } from '../input.ts';
import { SqsError } from '../sqs-error.ts';
import type { Verb } from '../verb.ts';

export const sendMessageBatch: Verb = (store, input, call) => {
  const queue = store.requireByUrl(requireString(input, 'QueueUrl'));
  const entries = readEntries(input);
  checkTotal(entries);
  return settleEntries(entries, entry =>
    sendDraft(queue, readDraft(queue, entry, call)),
  ) satisfies SendMessageBatchResult;
};

/** The batch as a whole is measured before its entries are looked at, so here are bytes of whatever they hold. */
function checkTotal(entries: readonly BatchEntry[]): void {
  const bytes = entries.reduce((sum, entry) => sum + bytesOfEntry(entry), 0);
  if (bytes <= SQS.maxMessageBytes) return;
  throw new SqsError(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${SQS.maxMessageBytes} bytes. You have sent ${bytes} bytes.`,
  );
}

function bytesOfEntry({ input }: BatchEntry): number {
  let bytes = Buffer.byteLength(readString(input, 'MessageBody') ?? '');
  for (const [name, value] of Object.entries(toInput(input.MessageAttributes ?? {}, 'MessageAttributes'))) {
    const attribute = toInput(value, name);
    bytes += Buffer.byteLength(name) + Buffer.byteLength(readString(attribute, 'DataType') ?? '');
    bytes += Buffer.byteLength(readString(attribute, 'StringValue') ?? '');
    bytes += Buffer.byteLength(readString(attribute, 'BinaryValue') ?? '', 'base64');
  }
  return bytes;
}
