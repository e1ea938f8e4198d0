import { CfnResource, type Stack } from 'aws-cdk-lib';
import { TaskQueue } from 'cdk-background-jobs';
import { StartError } from 'cdk-background-jobs/testing';
import { expect, test } from 'vitest';
import { work, workOnce } from './fixtures/tasks.ts';
import { startWorld, WORK } from './world.ts';

/** The message with which the stack does not start. */
async function refusal(define: (shop: Stack) => void): Promise<string> {
  const outcome = await startWorld(define).then(
    world => world.stop(),
    (error: unknown) => error,
  );
  if (outcome instanceof StartError) return outcome.message;
  throw new Error('the stack was to be refused by a StartError', { cause: outcome });
}

test('fails for a consumer that has no handler for one of its tasks, in one line', async () => {
  const message = await refusal(
    shop => void new TaskQueue(shop, 'Jobs', { ...WORK, tasks: [work, workOnce] }),
  );

  expect(message).toMatch(
    /^Shop\/JobsConsumer\w+: the function does not start: Error: No handler for 'work-once': add .*$/,
  );
});

test('fails for a resource type that the engine does not know, with its logical id', async () => {
  const message = await refusal(shop => {
    new TaskQueue(shop, 'Jobs', WORK);
    new CfnResource(shop, 'Cluster', { type: 'AWS::ECS::Cluster' });
  });

  expect(message).toMatch(/^nothing was started, .*:\n {2}Shop\/Cluster: AWS::ECS::Cluster$/);
});
