import { Duration } from 'aws-cdk-lib';
import { TaskQueue } from 'cdk-background-jobs';
import { beforeAll, expect, test } from 'vitest';
import { work } from './fixtures/tasks.ts';
import { startWorld, WORK, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld(shop => {
    // Three attempts may need 27 receives with crashes and waits: of four hours each, longer than the retention of 4 days.
    new TaskQueue(shop, 'Jobs', { ...WORK, visibilityTimeout: Duration.hours(4) });
  });
  return () => world.stop();
});

test('a message of a function that never starts is a dead letter before SQS deletes it, and runs once redriven', async () => {
  // GIVEN a function that dies whenever it is invoked, for days
  const { client, local, outside } = world;
  const dies = local.faults.add({ function: local.functions[0]?.name ?? '', kind: 'crash' });
  const { runId } = await client.sendTask(work, { subject: 'kept' });

  // WHEN
  await local.advance('5d');

  // THEN
  expect(outside.callsOf('kept')).toEqual([]);
  expect(await client.readDeadLetterQueue(work)).toMatchObject([{ runId }]);

  // WHEN the function is mended
  dies.remove();
  expect(await client.redriveAll({ task: work })).toMatchObject({ redriven: 1 });
  await world.drained(work);

  // THEN
  expect(await client.getRun(runId)).toMatchObject({ status: 'succeeded' });
  expect(outside.callsOf('kept')).toHaveLength(1);
});
