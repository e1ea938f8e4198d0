import { createConsumer } from 'cdk-background-jobs/lambda';
import { handlers } from './handlers.ts';

export const handler = createConsumer(handlers);
