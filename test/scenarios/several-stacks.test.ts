import { Stack } from 'aws-cdk-lib';
import { RunTable, TaskQueue } from 'cdk-background-jobs';
import { beforeAll, expect, test } from 'vitest';
import { work, workOnce } from './fixtures/tasks.ts';
import { newApi, post, startWorld, WORK, WORK_ONCE, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld(shop => {
    const runTable = new RunTable(shop, 'Runs');
    const queues = [
      new TaskQueue(shop, 'Jobs', { ...WORK, runTable }),
      new TaskQueue(shop, 'OneAttempt', { ...WORK_ONCE, runTable }),
    ];
    const web = new Stack(shop.node.scope, 'Web');
    const api = newApi(web);
    for (const queue of queues) queue.grantSend(api);
  });
  return () => world.stop();
});

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
test('an API in another stack sends to two queues, whose runs are in one table', async () => {
  // WHEN
  const runIds = [
    await post(world, '/', { subject: 'to-jobs' }),
    await post(world, '/once', { subject: 'to-one-attempt' }),
  ];

  // THEN
  const { client, local } = world;
  const runs = await Promise.all(runIds.map(runId => client.waitForRun(runId, { timeout: '20s' })));
  expect(runs).toMatchObject([
    { task: 'work', status: 'succeeded', result: { subject: 'to-jobs' } },
    { task: 'work-once', status: 'succeeded', result: { subject: 'to-one-attempt' } },
  ]);
  expect(world.outside.callsOf('to-jobs', 'to-one-attempt')).toHaveLength(2);
  expect(world.queueOf(work).url).not.toBe(world.queueOf(workOnce).url);
  expect(local.tables).toMatchObject([{ stackName: 'Shop', name: world.queueOf(work).table }]);
  expect(local.functionUrls).toMatchObject([{ stackName: 'Web' }]);
});
