import { createConsumer, handle } from 'cdk-background-jobs/lambda';
import { required } from '../environment.ts';
import { sendMail } from './tasks.ts';

const mailUrl = required('MAIL_URL');

export const handler = createConsumer([
  handle(sendMail, async (mail, run) => {
    const response = await fetch(new URL('/mails', mailUrl), {
      method: 'POST',
      headers: { 'idempotency-key': run.idempotencyKey('mail') },
      body: JSON.stringify(mail),
      signal: run.signal,
    });
    if (!response.ok) throw new Error(`the mail service answered ${response.status}`);
    return { sentAt: new Date().toISOString() };
  }),
]);
