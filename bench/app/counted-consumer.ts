import { type ConsumerFunction, createConsumer } from 'cdk-background-jobs/lambda';
import { handlers } from './handlers.ts';
import { INVOCATION_MARK } from './invocation-mark.ts';

const consumer = createConsumer(handlers);

export const handler: ConsumerFunction = async (event, context) => {
  process.stdout.write(`${INVOCATION_MARK}\n`);
  return await consumer(event, context);
};
