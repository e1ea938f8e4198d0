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
 * A stack with a queue for the task, as it is synthesized, at the beginning of 2030. Ends with the running test.
 *
 * @param furnish adds to the stack
 */
export async function startShop(
  props: Partial<TaskQueueProps> = {},
  options: LocalOptions = {},
  furnish: (queue: TaskQueue) => void = () => undefined,
): Promise<ManualTimeApp> {
  const outdir = await mkdtemp(join(tmpdir(), 'background-jobs-testing-'));
  onTestFinished(() => rm(outdir, { recursive: true }));
  const app = new App({ outdir });
  const queue = new TaskQueue(new Stack(app, 'Shop'), 'Reminders', {
    tasks: [remind, remindLater, remindDaily],
    entry: 'test/testing/fixtures/consumer.ts',
    ...props,
  });
  furnish(queue);
  const running = await startLocal({ app, startAt: START, ...options, time: 'manual' });
  onTestFinished(() => running.stop());
  return running;
}
