import { App, Stack } from 'aws-cdk-lib';
import { TaskQueue, type TaskQueueProps } from 'cdk-background-jobs';
import { type LocalOptions, type ManualTimeApp, startLocal } from 'cdk-background-jobs/testing';
import { onTestFinished } from 'vitest';
import { remind, remindDaily, remindLater } from './fixtures/tasks.ts';

export const START = new Date('2030-01-01T00:00:00Z');

type Props = Partial<TaskQueueProps> | ((shop: Stack) => Partial<TaskQueueProps>);
type Furnish = (queue: TaskQueue) => void;

const PLAIN: Props = {};
const withNothing: Furnish = () => undefined;
export const mayScheduleItself: Furnish = queue => queue.grantSchedule(queue.consumer);

/**
 * A stack with a queue for the tasks, as it is synthesized, at the beginning of 2030.
 *
 * @param props of the queue
 * @param furnish adds to the stack
 */
export async function newShop(
  props: Props = PLAIN,
  options: LocalOptions = {},
  furnish: Furnish = withNothing,
): Promise<ManualTimeApp> {
  const app = synthesizedOnce(props, furnish);
  return await startLocal({ app, startAt: START, ...options, time: 'manual' });
}

/** One that ends with the running test. */
export async function startShop(...options: Parameters<typeof newShop>): Promise<ManualTimeApp> {
  const app = await newShop(...options);
  onTestFinished(() => app.stop());
  return app;
}

/** Folders of cloud assemblies, which CDK deletes when the process ends. */
const assemblies = new Map<Props, Map<Furnish, string>>();

function synthesizedOnce(props: Props, furnish: Furnish): string {
  const known = assemblies.get(props) ?? new Map<Furnish, string>();
  const assembly = known.get(furnish) ?? synthesize(props, furnish);
  assemblies.set(props, known.set(furnish, assembly));
  return assembly;
}

function synthesize(props: Props, furnish: Furnish): string {
  const app = new App();
  const shop = new Stack(app, 'Shop');
  const queue = new TaskQueue(shop, 'Reminders', {
    tasks: [remind, remindLater, remindDaily],
    entry: 'test/testing/fixtures/consumer.ts',
    ...(typeof props === 'function' ? props(shop) : props),
  });
  furnish(queue);
  return app.synth().directory;
}
