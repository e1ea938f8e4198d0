import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { TaskQueue, type TaskQueueProps } from 'cdk-background-jobs';
import { type LocalOptions, type ManualTimeApp, startLocal } from 'cdk-background-jobs/testing';
import { onTestFinished } from 'vitest';
import { remind, remindDaily, remindLater } from './fixtures/tasks.ts';

export const START = new Date('2030-01-01T00:00:00Z');

export interface ShopOptions {
  /** Of the queue for the task. */
  readonly queue?: Partial<TaskQueueProps> | ((shop: Stack) => Partial<TaskQueueProps>);
  /** Adds to the stack. */
  readonly define?: (shop: Stack, reminders: TaskQueue) => void;
}

/** A stack with a queue for the task, as it is synthesized, at the beginning of 2030. */
export async function newShop(
  { queue = {}, define }: ShopOptions = {},
  options: LocalOptions = {},
): Promise<ManualTimeApp> {
  const outdir = await mkdtemp(join(tmpdir(), 'background-jobs-testing-'));
  try {
    const app = new App({ outdir });
    const shop = new Stack(app, 'Shop');
    const entry = 'test/testing/fixtures/consumer.ts';
    const props = typeof queue === 'function' ? queue(shop) : queue;
    const tasks = [remind, remindLater, remindDaily];
    const reminders = new TaskQueue(shop, 'Reminders', { tasks, entry, ...props });
    define?.(shop, reminders);
    return await startLocal({ app, startAt: START, ...options, time: 'manual' });
  } finally {
    await rm(outdir, { recursive: true });
  }
}

/** One that ends with the running test. */
export async function startShop(...options: Parameters<typeof newShop>): Promise<ManualTimeApp> {
  const app = await newShop(...options);
  onTestFinished(() => app.stop());
  return app;
}
