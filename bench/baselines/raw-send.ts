import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';

const BATCH = 10;

/** Four keep SQS busy; eight bring nothing. */
const IN_FLIGHT = 4;

/** The best loop over `SendMessageBatch` that does nothing else. */
export async function rawSend<Payload extends object>(
  sqs: SQSClient,
  queueUrl: string,
  payloads: readonly Payload[],
  toBody: (payload: Payload) => string = JSON.stringify,
): Promise<void> {
  let next = 0;
  const sendBatches = async () => {
    while (next < payloads.length) {
      const start = next;
      next += BATCH;
      const Entries = payloads.slice(start, start + BATCH).map((payload, index) => ({
        Id: String(index),
        MessageBody: toBody(payload),
      }));
      const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      if (Failed.length > 0) throw new Error(`SQS refused ${Failed.length} messages: ${Failed[0]?.Message}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sendBatches));
}
