import { createConsumer, handle } from 'cdk-background-jobs/lambda';
import { sendMail } from './tasks.ts';

export const handler = createConsumer([
  handle(sendMail, async (mail, run) => {
    const response = await fetch(new URL('/mails', process.env.MAIL_URL), {
      method: 'POST',
      headers: { 'idempotency-key': run.idempotencyKey('mail') },
      body: JSON.stringify(mail),
      signal: run.signal,
    });
    if (!response.ok) throw new Error(`the mail service answered ${response.status}`);
    return { sentAt: new Date().toISOString() };
  }),
]);
