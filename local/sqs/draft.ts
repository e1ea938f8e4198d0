import { createHash } from 'node:crypto';
import type { MessageSystemAttributeNameForSends } from '@aws-sdk/client-sqs';
import { SQS } from '../../contract/limits.ts';
import { hasOnlyAllowedCharacters, isToken } from './characters.ts';
import { type Input, readInteger, readString, requireString } from './input.ts';
import type { Content } from './message.ts';
import { bytesOfAttributes, md5OfAttributes, readMessageAttributes } from './message-attributes.ts';
import type { Queue } from './queue.ts';
import type { MessageAttribute } from './queue-api.ts';
import { sequenceNumberOf } from './received-message.ts';
import { SqsError } from './sqs-error.ts';
import type { Sender } from './verb.ts';

/** A message as a producer sends it, checked against the rules and the queue. */
export interface Draft {
  readonly content: Content;
  readonly systemAttributes: Readonly<Record<string, MessageAttribute>>;
  readonly deduplicationId: string | undefined;
  readonly delayMs: number | undefined;
}

/**
 * From the parameters of `SendMessage` or an entry of `SendMessageBatch`.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export function readDraft(queue: Queue, input: Input, sender: Sender): Draft {
  const body = requireString(input, 'MessageBody');
  if (!hasOnlyAllowedCharacters(body)) {
    throw new SqsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.',
    );
  }
  const attributes = readMessageAttributes(input, 'MessageAttributes');
  const bytes = Buffer.byteLength(body) + bytesOfAttributes(attributes);
  if (bytes > queue.settings.maxMessageBytes) {
    throw invalid(
      `One or more parameters are invalid. Reason: Message must be shorter than ${queue.settings.maxMessageBytes + 1} bytes, got ${bytes}.`,
    );
  }
  const systemAttributes = readSystemAttributes(input);
  return {
    content: {
      body,
      md5OfBody: createHash('md5').update(body).digest('hex'),
      attributes,
      // "The message system attribute overrides the HTTP trace header": https://docs.aws.amazon.com/xray/latest/devguide/xray-services-sqs.html
      traceHeader: systemAttributes.AWSTraceHeader?.stringValue ?? sender.traceHeader,
      senderId: sender.senderId,
      groupId: readGroupId(queue, input),
    },
    systemAttributes,
    deduplicationId: readDeduplicationId(queue, input),
    delayMs: readDelayMs(queue, input),
  };
}

export function sendDraft(queue: Queue, draft: Draft) {
  const message = queue.send(draft.content, draft);
  const md5OfMessageAttributes = md5OfAttributes(draft.content.attributes);
  const md5OfSystemAttributes = md5OfAttributes(draft.systemAttributes);
  return {
    MessageId: message.id,
    MD5OfMessageBody: draft.content.md5OfBody,
    ...(md5OfMessageAttributes !== undefined && { MD5OfMessageAttributes: md5OfMessageAttributes }),
    ...(md5OfSystemAttributes !== undefined && { MD5OfMessageSystemAttributes: md5OfSystemAttributes }),
    ...(queue.fifo && { SequenceNumber: sequenceNumberOf(message) }),
  };
}

function readSystemAttributes(input: Input): Readonly<Record<string, MessageAttribute>> {
  const attributes = readMessageAttributes(input, 'MessageSystemAttributes');
  for (const [name, { dataType }] of Object.entries(attributes)) {
    if (name === ('AWSTraceHeader' satisfies MessageSystemAttributeNameForSends) && dataType === 'String')
      continue;
    throw invalid(
      `Message system attribute '${name}' of type ${dataType} is invalid, only AWSTraceHeader of type String is valid.`,
    );
  }
  return attributes;
}

function readGroupId(queue: Queue, input: Input): string | undefined {
  if (queue.fifo) requireString(input, 'MessageGroupId');
  return readToken(input, 'MessageGroupId');
}

function readDeduplicationId(queue: Queue, input: Input): string | undefined {
  const id = readToken(input, 'MessageDeduplicationId');
  if (id !== undefined && !queue.fifo) throw notForThisQueueType('MessageDeduplicationId', id);
  if (queue.fifo && id === undefined && !queue.settings.contentBasedDeduplication) {
    throw invalid(
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }
  return id;
}

function readDelayMs(queue: Queue, input: Input): number | undefined {
  const seconds = readInteger(input, 'DelaySeconds', { min: 0, max: SQS.maxDelaySeconds });
  if (seconds === undefined) return undefined;
  if (!queue.fifo) return seconds * 1000;
  if (seconds > 0) throw notForThisQueueType('DelaySeconds', seconds);
  return undefined;
}

function readToken(input: Input, name: string): string | undefined {
  const token = readString(input, name);
  if (token === undefined || isToken(token)) return token;
  throw invalid(
    `Value ${token} for parameter ${name} is invalid. Reason: ${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  );
}

function notForThisQueueType(name: string, value: string | number): SqsError {
  return invalid(
    `Value ${value} for parameter ${name} is invalid. Reason: The request include parameter that is not valid for this queue type.`,
  );
}

function invalid(message: string): SqsError {
  return new SqsError('InvalidParameterValue', message);
}
