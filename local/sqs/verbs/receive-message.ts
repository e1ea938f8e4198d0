import type { Message, ReceiveMessageResult } from '@aws-sdk/client-sqs';
import { SQS } from '../../../contract/limits.ts';
import { isToken } from '../characters.ts';
import { type Input, readInteger, readString, readStrings, requireString } from '../input.ts';
import { waitForMessages } from '../long-poll.ts';
import { md5OfAttributes } from '../message-attributes.ts';
import type { MessageAttribute, ReceivedMessage } from '../queue-api.ts';
import { SqsError } from '../sqs-error.ts';
import type { Verb } from '../verb.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const MAX_MESSAGES = 10;
const MAX_WAIT_SECONDS = 20;

export const receiveMessage: Verb = async (store, input, call) => {
  const queue = store.requireByUrl(requireString(input, 'QueueUrl'));
  const max = readInteger(input, 'MaxNumberOfMessages', { min: 1, max: MAX_MESSAGES }) ?? 1;
  const waitSeconds = readInteger(input, 'WaitTimeSeconds', { min: 0, max: MAX_WAIT_SECONDS });
  const visibility = readInteger(input, 'VisibilityTimeout', {
    min: 0,
    max: SQS.maxVisibilityTimeoutSeconds,
  });
  const systemNames = [
    ...readStrings(input, 'AttributeNames'),
    ...readStrings(input, 'MessageSystemAttributeNames'),
  ];
  const names = readStrings(input, 'MessageAttributeNames');
  checkAttemptId(input);
  // FIFO queues answer with fewer messages or none: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-fifo.html
  if (queue.isFull && !queue.fifo) {
    throw new SqsError('OverLimit', 'Too many messages in flight: delete messages once they are processed.');
  }
  const messages = await waitForMessages({
    queue,
    clock: store.clock,
    waitMs: (waitSeconds ?? queue.settings.waitTimeSeconds) * 1000,
    signal: call.signal,
    port: call.port,
    receive: () => queue.receive(max, visibility === undefined ? undefined : visibility * 1000),
  });
  if (messages.length === 0) return {} satisfies ReceiveMessageResult;
  return {
    Messages: messages.map(message => messageResult(message, systemNames, names)),
  } satisfies Record<keyof ReceiveMessageResult, unknown>;
};

/** Checked and otherwise ignored: a local receive that failed on its way is not given again under the same id. */
function checkAttemptId(input: Input): void {
  const id = readString(input, 'ReceiveRequestAttemptId');
  if (id === undefined || isToken(id)) return;
  throw new SqsError(
    'InvalidParameterValue',
    `Value ${id} for parameter ReceiveRequestAttemptId is invalid. Reason: It can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  );
}

function messageResult(message: ReceivedMessage, systemNames: readonly string[], names: readonly string[]) {
  const system = Object.entries(message.attributes).filter(
    ([name]) => systemNames.includes('All') || systemNames.includes(name),
  );
  const attributes = Object.fromEntries(
    Object.entries(message.messageAttributes).filter(([name]) => names.some(wanted => matches(wanted, name))),
  );
  const md5 = md5OfAttributes(attributes);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: message.md5OfBody,
    Body: message.body,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(md5 !== undefined && {
      MD5OfMessageAttributes: md5,
      MessageAttributes: mapValues(attributes, attributeResult),
    }),
  } satisfies Omit<Message, 'MessageAttributes'>;
}

/** `All`, `.*`, a name, or the beginning of one followed by `.*`. */
function matches(wanted: string, name: string): boolean {
  if (wanted === 'All' || wanted === '.*' || wanted === name) return true;
  return wanted.endsWith('.*') && name.startsWith(wanted.slice(0, -1));
}

/** As in JSON, where the SDK's binary values are base64. */
function attributeResult({ dataType, stringValue, binaryValue }: MessageAttribute) {
  return binaryValue === undefined
    ? { DataType: dataType, StringValue: stringValue }
    : { DataType: dataType, BinaryValue: Buffer.from(binaryValue).toString('base64') };
}

function mapValues<V, W>(record: Readonly<Record<string, V>>, map: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
