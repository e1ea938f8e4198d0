import type { MessageAttribute, ReceivedMessage } from '../sqs/queue-api.ts';

/** A message as a function sees it. */
export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, SqsRecordAttribute>>;
  readonly md5OfBody: string;
  readonly eventSource: 'aws:sqs';
  readonly eventSourceARN: string;
  readonly awsRegion: string;
}

interface SqsRecordAttribute {
  readonly stringValue?: string;
  /** Base64. */
  readonly binaryValue?: string;
  readonly stringListValues: readonly never[];
  readonly binaryListValues: readonly never[];
  readonly dataType: string;
}

/** The record Lambda makes of a message (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event). */
export function toSqsRecord(message: ReceivedMessage, queueArn: string, region: string): SqsRecord {
  const attributes = Object.entries(message.messageAttributes);
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: message.attributes,
    messageAttributes: Object.fromEntries(
      attributes.map(([name, value]) => [name, toRecordAttribute(value)]),
    ),
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}

function toRecordAttribute({ dataType, stringValue, binaryValue }: MessageAttribute): SqsRecordAttribute {
  return {
    ...(stringValue !== undefined && { stringValue }),
    ...(binaryValue && { binaryValue: Buffer.from(binaryValue).toString('base64') }),
    stringListValues: [],
    binaryListValues: [],
    dataType,
  };
}
