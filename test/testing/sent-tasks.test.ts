import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PayloadBucket } from 'cdk-background-jobs';
import { expect, test } from 'vitest';
import { remind, remindLater } from './fixtures/tasks.ts';
import { mayScheduleItself, START, startShop } from './start-shop.ts';

test('tells what was sent, by whomever, in its order and with its time', async () => {
  const app = await startShop();
  const byKey = await app.client.sendTask(remind, { user: 'ada' }, { idempotencyKey: 'ada-1' });
  await app.advance('1h');
  const [{ url } = { url: '' }] = app.queues.filter(({ logicalId }) =>
    logicalId.startsWith('RemindersQueue'),
  );
  const { MessageId } = await new SQSClient(app.clientConfig).send(
    new SendMessageCommand({ QueueUrl: url, MessageBody: '{"task":"remind","payload":{"user":"bob"}}' }),
  );

  expect(app.sent(remind)).toEqual([
    { runId: byKey.runId, payload: { user: 'ada' }, sentAt: START, idempotencyKey: 'ada-1' },
    { runId: MessageId, payload: { user: 'bob' }, sentAt: new Date(START.getTime() + 3_600_000) },
  ]);
});

test('a run counts once, though its message is sent again', async () => {
  const app = await startShop();
  const { runId } = await app.client.sendTask(remind, { user: 'ada', failures: 9 });
  await app.waitForRun(runId);
  await app.client.redrive(runId);
  await app.waitForRun(runId);
  expect(await app.client.getRun(runId)).toMatchObject({ epoch: 1 });
  expect(app.sent(remind)).toHaveLength(1);
});

test('tells what was sent for later, once, with the time for which it was', async () => {
  const app = await startShop(undefined, {}, mayScheduleItself);
  const soon = await app.client.sendTask(remind, { user: 'ada' }, { delay: '10m' });
  const late = await app.client.sendTask(remindLater, { user: 'bob' });
  await app.idle();
  const expected = [
    { runId: soon.runId, sentAt: START, scheduledFor: new Date('2030-01-01T00:10:00Z') },
    { payload: { user: 'bob' }, sentAt: START, scheduledFor: new Date('2030-01-04T00:00:00Z') },
  ];
  expect(app.sent(remind)).toMatchObject(expected);

  await app.advance('4d');

  expect(app.sent(remind)).toMatchObject(expected);
  expect(app.sent(remind)).toHaveLength(2);
  expect(app.sent(remindLater)).toMatchObject([{ runId: late.runId }]);
});

test('fails to tell a payload that went through S3, and says how large it is', async () => {
  const app = await startShop(shop => ({ payloadBucket: new PayloadBucket(shop, 'Payloads') }));
  await app.client.sendTask(remind, { user: 'a'.repeat(2_000_000) });
  const [run] = app.sent(remind);
  expect(() => run?.payload).toThrow(/has 2000\d+ bytes and went through S3/);
});
