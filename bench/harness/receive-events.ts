import {
  CreateQueueCommand,
  DeleteQueueCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { BenchEngine } from './engine.ts';

/** Sends to a queue without a consumer and receives again, so that the bench can deliver the batches itself. */
export async function receiveEvents(
  { sqs }: Pick<BenchEngine, 'sqs'>,
  eventSourceArn: string,
  send: (queueUrl: string) => Promise<unknown>,
): Promise<SQSEvent[]> {
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: `bench-${crypto.randomUUID()}` }),
  );
  await send(QueueUrl);
  const events: SQSEvent[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 3600,
        MessageSystemAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) break;
    events.push({ Records: Messages.map(message => toRecord(message, eventSourceArn)) });
  }
  await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  return events;
}

function toRecord(message: Message, eventSourceARN: string): SQSRecord {
  const { MessageId = '', ReceiptHandle = '', Body = '', MD5OfBody = '', Attributes = {} } = message;
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    md5OfBody: MD5OfBody,
    attributes: Attributes as Record<string, string> & SQSRecord['attributes'],
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion: 'us-east-1',
  };
}
