import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { PayloadBucket, TaskQueue } from 'cdk-background-jobs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { measure } from './fixtures/tasks.ts';
import { startWorld, type World } from './world.ts';

const LENGTH = 2_000_000;

let world: World;
let s3: S3Client;
beforeAll(async () => {
  world = await startWorld(shop => {
    new TaskQueue(shop, 'Measures', {
      tasks: [measure],
      entry: 'test/scenarios/fixtures/measure-consumer.ts',
      payloadBucket: new PayloadBucket(shop, 'Payloads'),
    });
  });
  s3 = new S3Client(world.local.clientConfig);
}, 60_000);
afterAll(async () => {
  s3.destroy();
  await world.stop();
});

/** By the consumer's own role, under the bundle that is deployed. */
it('a payload of two million characters and a large step come through two attempts, and leave nothing behind', async () => {
  const { client, queueOf, drained } = world;

  const { runId } = await client.sendTask(measure, { text: 'a'.repeat(LENGTH) });
  const run = await client.waitForRun(runId, { timeout: '30s' });

  expect(run).toMatchObject({ status: 'succeeded', attempt: 2, result: { length: LENGTH, twice: 200_000 } });
  await drained(measure);
  const Bucket = queueOf(measure).payloads;
  const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket }));
  expect(KeyCount).toBe(0);
});
