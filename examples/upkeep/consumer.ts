import { createConsumer, handle } from 'cdk-background-jobs/lambda';
import { checkHealthHandler } from './handlers/check-health.ts';
import { countVisitsHandler } from './handlers/count-visits.ts';
import { purgeVisitsHandler } from './handlers/purge-visits.ts';
import { sendDigestHandler } from './handlers/send-digest.ts';
import { checkHealth, countVisits, purgeVisits, sendDigest } from './tasks.ts';

export const handler = createConsumer([
  handle(purgeVisits, purgeVisitsHandler),
  handle(countVisits, countVisitsHandler),
  handle(sendDigest, sendDigestHandler),
  handle(checkHealth, checkHealthHandler),
]);
