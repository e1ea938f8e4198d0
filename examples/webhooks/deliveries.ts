import { createConsumer, handle } from 'cdk-background-jobs/lambda';
import { deliverWebhookHandler } from './handlers/deliver-webhook.ts';
import { deliverWebhook } from './tasks.ts';

export const handler = createConsumer([handle(deliverWebhook, deliverWebhookHandler)]);
