import { defineTask } from 'cdk-background-jobs/tasks';
import * as z from 'zod/mini';

const userId = z.string().check(z.regex(/^[a-z0-9-]{1,64}$/));

/** Reads an uploaded picture and writes a square of 256 × 256 beside it. */
export const resizeAvatar = defineTask({
  name: 'resize-avatar',
  payload: z.object({ userId, sourceKey: z.string().check(z.startsWith('uploads/')) }),
  timeout: '30s',
});

/** Looks at what somebody has put into the inbox. Sent by S3's own event. */
export const inspectUpload = defineTask({
  name: 'inspect-upload',
  payload: z.object({ key: z.string().check(z.startsWith('inbox/')), size: z.number() }),
  timeout: '10s',
});

/** Renders a welcome e-mail and hands it to the mail server. */
export const sendWelcomeEmail = defineTask({
  name: 'send-welcome-email',
  payload: z.object({ userId, name: z.string().check(z.minLength(1)), email: z.email() }),
  retry: { attempts: 5, backoff: { type: 'exponential', base: '1s', max: '1m' } },
  timeout: '10s',
});

/** Brings an account up to date in a service of somebody else's that is slow and fails now and then. */
export const syncExternal = defineTask({
  name: 'sync-external',
  payload: z.object({ accountId: z.string().check(z.regex(/^[a-z0-9-]{1,64}$/)) }),
  // Short, so that a demonstration of a minute shows every retry; give a real service more time to recover.
  retry: { attempts: 6, backoff: { type: 'exponential', base: '500ms', max: '4s' } },
  timeout: '5s',
});

/** Never answers: its attempts end by their timeout. */
export const hangForever = defineTask({
  name: 'hang-forever',
  payload: z.object({ label: z.string() }),
  retry: { attempts: 2, backoff: { type: 'fixed', delay: '1s' } },
  timeout: '1s',
});

/** Takes its whole process down, as running out of memory would. */
export const crashProcess = defineTask({
  name: 'crash-process',
  payload: z.object({ label: z.string() }),
  retry: { attempts: 1 },
  timeout: '1s',
});
