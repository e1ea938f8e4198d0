import { SQSClient } from '@aws-sdk/client-sqs';
import { type ConsumerFunction, createConsumer } from 'cdk-background-jobs/lambda';
import { handlers } from './handlers.ts';
import { INVOCATION_MARK } from './invocation-mark.ts';

/** A queue's URL leads straight to the engine; the requests must go where they are counted. */
const consumer = createConsumer(handlers, { sqs: new SQSClient({ useQueueUrlAsEndpoint: false }) });

export const handler: ConsumerFunction = async (event, context) => {
  process.stdout.write(`${INVOCATION_MARK}\n`);
  return await consumer(event, context);
};
