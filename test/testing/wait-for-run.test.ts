import type { ManualTimeApp } from 'cdk-background-jobs/testing';
import { beforeAll, expect, test } from 'vitest';
import { remind } from './fixtures/tasks.ts';
import { mayScheduleItself, newShop } from './start-shop.ts';

const HOUR = 3_600_000;

let app: ManualTimeApp;
beforeAll(async () => {
  app = await newShop(undefined, {}, mayScheduleItself);
  return () => app.stop();
});

test('a run is waited for to the moment at which it ends', async () => {
  const sentAt = app.now().getTime();
  const { runId } = await app.client.sendTask(remind, { user: 'ada', failures: 2 });

  const run = await app.waitForRun(runId);

  expect(run).toMatchObject({ status: 'succeeded', attempt: 3 });
  expect(app.now().getTime() - sentAt).toBe(3 * HOUR);
});

test('a run is waited for to the moment at which it comes to a status', async () => {
  const sentAt = app.now().getTime();
  const { runId } = await app.client.sendTask(remind, { user: 'ada', sleepMs: 1_000, failures: 1 });
  expect(await app.waitForRun(runId, { status: 'running' })).toMatchObject({ attempt: 1 });
  expect(app.now().getTime() - sentAt).toBe(0);
  expect(await app.waitForRun(runId, { status: 'retrying' })).toMatchObject({ attempt: 1 });
  expect(app.now().getTime() - sentAt).toBe(1_000);
  await app.waitForRun(runId);
});

test('a run that was sent for months later is waited for till then', async () => {
  const sentAt = app.now().getTime();
  const { runId } = await app.client.sendTask(remind, { user: 'ada', failures: 1 }, { delay: '90d' });
  expect(await app.waitForRun(runId)).toMatchObject({ status: 'succeeded', attempt: 2 });
  expect(app.now().getTime() - sentAt).toBe(90 * 24 * HOUR + HOUR);
});

test('runs are waited for side by side', async () => {
  const sent = await Promise.all(
    [0, 1, 2].map(failures => app.client.sendTask(remind, { user: 'ada', failures })),
  );
  const runs = await Promise.all(sent.map(({ runId }) => app.waitForRun(runId)));
  expect(runs.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
});

test('fails at once for a run that has ended in another status, and says how', async () => {
  const { runId } = await app.client.sendTask(remind, { user: 'ada', failures: 9 });
  await expect(app.waitForRun(runId, { status: 'succeeded' })).rejects.toThrow(
    `Run ${runId} of 'remind' is deadLettered (attempt 4, attemptsUsedUp, Error: attempt 4 fails): it will not be succeeded`,
  );
});

test('fails for what does not happen in time, with what is due next', async () => {
  const { runId } = await app.client.sendTask(remind, { user: 'ada', failures: 1 });
  await app.idle();
  const dueAt = new Date(app.now().getTime() + HOUR).toISOString();
  await expect(app.waitForRun(runId, { timeout: '59m' })).rejects.toThrow(
    `nothing is due within 59m that could change that; next is ${dueAt}`,
  );
  await app.waitForRun(runId);
});

test('fails for a run that nobody knows', async () => {
  await expect(app.waitForRun('nobody', { timeout: '1h' })).rejects.toThrow('Run nobody is not found');
});

test("time passes while the app's client waits, and its timeout is of that time", async () => {
  const { runId } = await app.client.sendTask(remind, { user: 'ada', sleepMs: 20_000 });
  const startedAt = app.now().getTime();
  await expect(app.client.waitForRun(runId, { timeout: '10s' })).rejects.toThrow('did not end within 10s');
  expect(app.now().getTime() - startedAt).toBe(10_000);
  expect(await app.client.waitForRun(runId, { timeout: '1m' })).toMatchObject({ status: 'succeeded' });
});
