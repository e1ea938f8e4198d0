import { defineTask } from 'cdk-background-jobs/tasks';
import * as z from 'zod/mini';

/** Deletes the visits of days that are older than that. */
export const purgeVisits = defineTask({
  name: 'purge-visits',
  payload: z.object({ olderThanDays: z.int().check(z.minimum(1)) }),
  timeout: '5m',
});

/** Sums up the visits of the day that has ended. */
export const countVisits = defineTask({ name: 'count-visits', payload: z.object({}), timeout: '1m' });

/** Tells the readers of the topic how the last seven days were. */
export const sendDigest = defineTask({ name: 'send-digest', payload: z.object({}), timeout: '1m' });

/** Fails when the address does not answer as it should; the dead letter's alarm tells. */
export const checkHealth = defineTask({
  name: 'check-health',
  payload: z.object({ url: z.url() }),
  retry: { attempts: 3, backoff: { type: 'fixed', delay: '20s' } },
  timeout: '10s',
});
