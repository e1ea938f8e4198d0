import { Duration } from 'aws-cdk-lib';
import { expect, test } from 'vitest';
import { remind } from './fixtures/tasks.ts';
import { START, startShop } from './start-shop.ts';

const HOUR = 3_600_000;

test('a task that fails is attempted again when its backoff of hours is over', async () => {
  const app = await startShop();
  const { runId } = await app.client.sendTask(remind, { user: 'ada', failures: 3 });

  await app.advance('1d');

  expect(await app.client.getRun(runId)).toMatchObject({
    status: 'succeeded',
    attempt: 4,
    // 1 h, 2 h and 4 h after one another.
    result: { user: 'ada', at: '2030-01-01T07:00:00.000Z' },
  });
  expect(app.now()).toEqual(new Date(START.getTime() + 24 * HOUR));
});

test('dead letters are redriven from their queue, which is asked until it is empty', async () => {
  const app = await startShop();
  const { runId } = await app.client.sendTask(remind, { user: 'ada', failures: 9 });
  await app.waitForRun(runId);
  expect(await app.client.redriveAll({ task: remind })).toMatchObject({ redriven: 1 });
  expect(await app.client.redriveAll({ task: remind })).toMatchObject({ redriven: 0 });
  expect(await app.waitForRun(runId)).toMatchObject({ epoch: 1, status: 'deadLettered' });
});

test('a task waits for the delay of its queue', async () => {
  const app = await startShop({ deliveryDelay: Duration.minutes(15) });
  const { runId } = await app.client.sendTask(remind, { user: 'ada' });
  await app.advance('14m');
  expect(await app.client.getRun(runId)).toMatchObject({ status: 'queued' });
  await app.advance('1m');
  expect(await app.client.getRun(runId)).toMatchObject({
    status: 'succeeded',
    result: { at: '2030-01-01T00:15:00.000Z' },
  });
});

test('an attempt that sleeps longer than its timeout has failed by then', async () => {
  const app = await startShop();
  const { runId } = await app.client.sendTask(remind, { user: 'ada', sleepMs: HOUR });
  await app.advance('6m');
  expect(await app.client.getRun(runId)).toMatchObject({
    status: 'retrying',
    error: { name: 'TaskTimeoutError' },
    notBefore: new Date(START.getTime() + HOUR + 5 * 60_000),
  });
});
