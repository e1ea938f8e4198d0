import { defineTask } from 'cdk-background-jobs/tasks';
import * as z from 'zod/mini';

const repository = z.string().check(z.regex(/^[\w.-]+\/[\w.-]+$/));

/** Tells every endpoint of an issue that was opened: once an issue, whatever GitHub delivers. */
export const announceIssue = defineTask({
  name: 'announce-issue',
  payload: z.object({ repository, number: z.int(), title: z.string(), author: z.string() }),
  idempotency: { key: ({ repository, number }) => `${repository}#${number}` },
});

/**
 * Delivers one event to one endpoint. Whoever is down for a day still gets it: the attempts are 1 min, 5 min, 25 min, 2 h,
 * 10 h and 12 h apart.
 */
export const deliverWebhook = defineTask({
  name: 'deliver-webhook',
  payload: z.object({ endpoint: z.url(), id: z.string(), type: z.string(), data: z.unknown() }),
  retry: {
    attempts: 7,
    backoff: { type: 'exponential', base: '1m', factor: 5, max: '12h', jitter: 'equal' },
  },
  timeout: '15s',
});
