import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { TaskQueue } from 'cdk-background-jobs';
import { runIdOfKey } from 'cdk-background-jobs/tasks';
import { beforeAll, expect, test, vi } from 'vitest';
import { work } from './fixtures/tasks.ts';
import { newApi, post, startWorld, WORK, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld(shop => {
    const api = newApi(shop);
    new TaskQueue(shop, 'Jobs', WORK).grantSend(api);
  });
  return () => world.stop();
});

test('a task that an API sends by grantSend alone is run once, and its run has the result', async () => {
  const runId = await post(world, '/', { subject: 'from-api' });

  const run = await world.client.waitForRun(runId, { timeout: '20s' });

  expect(run).toMatchObject({ status: 'succeeded', attempt: 1, result: { subject: 'from-api' } });
  await world.drained(work);
  expect(world.outside.callsOf('from-api')).toMatchObject([{ attempt: 1, epoch: 0 }]);
});

test('a task has the trace of the function that sent it, by the header that the SDK sends along', async () => {
  const runId = await post(world, '/', { subject: 'traced' });
  await world.client.waitForRun(runId, { timeout: '20s' });

  const [call] = world.outside.callsOf('traced');
  expect(call?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
});

test('a task sent again under its idempotency key is not run again, neither during its run nor after it', async () => {
  // GIVEN
  const { client, outside } = world;
  const send = () => client.sendTask(work, { subject: 'keyed' }, { idempotencyKey: 'order-1' });
  const { promise: released, resolve: release } = Promise.withResolvers<'succeed'>();
  outside.decide('keyed', () => released);

  // WHEN
  const first = await send();
  await vi.waitFor(() => expect(outside.callsOf('keyed')).toHaveLength(1), 20_000);
  const during = await send();
  release('succeed');
  await client.waitForRun(first.runId, { timeout: '20s' });
  const after = await send();

  // THEN
  expect(first.duplicate).toBe(false);
  expect([during, after]).toEqual(Array(2).fill({ runId: first.runId, duplicate: true }));
  await world.drained(work);
  expect(outside.callsOf('keyed')).toHaveLength(1);
});

test('a message of another language that comes twice with one id is run once', async () => {
  // GIVEN
  const message = new SendMessageCommand({
    QueueUrl: world.queueOf(work).url,
    MessageBody: '{"task":"work","id":"signup-4711","payload":{"subject":"raw"}}',
  });
  const runId = runIdOfKey('work', 'signup-4711');

  // WHEN
  await world.sqs.send(message);
  const run = await world.client.waitForRun(runId, { timeout: '20s' });
  await world.sqs.send(message);
  await world.drained(work);

  // THEN
  expect(run).toMatchObject({ status: 'succeeded', idempotencyKey: 'signup-4711' });
  expect(await world.client.getRun(runId)).toEqual(run);
  expect(world.outside.callsOf('raw')).toHaveLength(1);
});
