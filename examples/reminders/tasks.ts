import { defineTask } from 'cdk-background-jobs/tasks';
import * as z from 'zod/mini';

/** Hands a mail to the mail service, which may be down for a while: an hour between two attempts, for a day. */
export const sendMail = defineTask({
  name: 'send-mail',
  payload: z.object({ to: z.email(), subject: z.string() }),
  retry: { attempts: 24, backoff: { type: 'fixed', delay: '1h', jitter: 'none' } },
  timeout: '10s',
});
