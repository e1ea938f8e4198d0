import { Duration, type Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { RunTable, TaskQueue, TaskWorkflow } from 'cdk-background-jobs';
import { WINDOW_SECONDS } from './app.ts';
import { newApplication } from './application.ts';
import { runErrand } from './fixtures/errand.ts';
import { work, workOnce } from './fixtures/tasks.ts';

/** Its processes start faster; the consumer of a standard queue has source maps. */
const BUNDLING = { sourcemap: false };

/** A workflow that sends a task, with alarms that tell a topic, and an application that manages it. */
export function workflowApp(shop: Stack): void {
  const queue = new TaskQueue(shop, 'Jobs', {
    tasks: [work, workOnce],
    entry: 'test/mutations/fixtures/consumer.ts',
    bundling: BUNDLING,
    // The first look at a task's run comes before its end.
    maxBatchingWindow: Duration.seconds(WINDOW_SECONDS),
  });
  const errands = new TaskWorkflow(shop, 'Errands', {
    workflow: runErrand,
    entry: 'test/mutations/fixtures/errand-steps.ts',
    bundling: BUNDLING,
    queues: [queue],
    runTable: new RunTable(shop, 'Runs'),
  });
  errands.alarms.notify(new Topic(shop, 'Operations', { enforceSSL: true }));
  errands.grantManage(newApplication(shop));
}
