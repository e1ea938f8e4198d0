import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { TaskQueue, type TaskQueueProps } from 'cdk-background-jobs';
import { type LocalOptions, type ManualTimeApp, startLocal } from 'cdk-background-jobs/testing';
import { onTestFinished } from 'vitest';
import { remind, remindDaily, remindLater } from './fixtures/tasks.ts';

export const START = new Date('2030-01-01T00:00:00Z');

/**
 * A stack with a queue for the tasks, as it is synthesized, at the beginning of 2030.
 *
 * @param props of the queue
 * @param furnish adds to the stack
 */
export async function newShop(
  props: Partial<TaskQueueProps> | ((shop: Stack) => Partial<TaskQueueProps>) = {},
  options: LocalOptions = {},
  furnish: (queue: TaskQueue) => void = () => undefined,
): Promise<ManualTimeApp> {
  const outdir = await mkdtemp(join(tmpdir(), 'background-jobs-testing-'));
  try {
    const app = new App({ outdir });
    const shop = new Stack(app, 'Shop');
    const queue = new TaskQueue(shop, 'Reminders', {
      tasks: [remind, remindLater, remindDaily],
      entry: 'test/testing/fixtures/consumer.ts',
      ...(typeof props === 'function' ? props(shop) : props),
    });
    furnish(queue);
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
