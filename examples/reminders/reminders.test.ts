import { App } from 'aws-cdk-lib';
import { type ManualTimeApp, startLocal } from 'cdk-background-jobs/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MailService, startMailService } from './mail-service.ts';
import { RemindersStack } from './stack.ts';
import { sendMail } from './tasks.ts';

let app: ManualTimeApp;
let mail: MailService;

beforeAll(async () => {
  mail = await startMailService(() => app.now());
  const cdk = new App();
  new RemindersStack(cdk, 'Reminders');
  app = await startLocal({
    app: cdk,
    parameters: { MailUrl: mail.url },
    time: 'manual',
    startAt: new Date('2030-03-29T12:00:00Z'),
  });
});
afterAll(async () => {
  await app.stop();
  await mail.stop();
});

async function beginTrial(email: string): Promise<void> {
  await fetch(app.functionUrls[0]?.url ?? '', { method: 'POST', body: JSON.stringify({ email }) });
}

// Summer time begins in Paris on 31 March, at 01:00 UTC.
test('whoever begins a trial gets one mail after three days, and the nightly one keeps its hour', async () => {
  await beginTrial('ada@example.com');
  await beginTrial('ada@example.com');
  expect(app.sent(sendMail)).toMatchObject([{ scheduledFor: new Date('2030-04-01T12:00:00Z') }]);

  await app.advance('71h');
  mail.refuse(1);
  await app.advance('1d');

  expect(mail.mails).toEqual([
    '2030-03-30T02:00:00.000Z team@example.com: Who began a trial',
    '2030-03-31T01:00:00.000Z team@example.com: Who began a trial',
    '2030-04-01T01:00:00.000Z team@example.com: Who began a trial',
    '2030-04-01T12:00:00.000Z ada@example.com: How is your trial? (refused)',
    '2030-04-01T13:00:00.000Z ada@example.com: How is your trial?',
    '2030-04-02T01:00:00.000Z team@example.com: Who began a trial',
  ]);
});
