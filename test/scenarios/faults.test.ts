import { TaskQueue } from 'cdk-background-jobs';
import type { RequestFault } from 'cdk-background-jobs/testing';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { work } from './fixtures/tasks.ts';
import { startWorld, WORK, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld(shop => {
    new TaskQueue(shop, 'Jobs', WORK);
  });
  return () => world.stop();
});
afterEach(() => world.local.faults.clear());

/** Of the consumer alone: the client's own requests go well. */
const ofConsumer = (fault: Omit<RequestFault, 'caller'>): RequestFault => ({
  ...fault,
  caller: world.local.functions[0]?.name ?? '',
});

/** The writes of a run: its claim is the first UpdateItem, its end the second. */
const UPDATE = { service: 'dynamodb', action: 'UpdateItem', times: 1 } as const;

test.each([
  ['a throttled claim', { ...UPDATE, kind: 'throttle' }],
  ['a claim that fails', { ...UPDATE, kind: 'serverError' }],
  ['a claim whose answer is lost', { ...UPDATE, kind: 'lostAnswer' }],
  ['an end whose answer is lost', { ...UPDATE, skip: 1, kind: 'lostAnswer' }],
  ['a table that is slow', { ...UPDATE, times: 2, kind: 'latency', latencyMs: 500 }],
] as const)('a run has one attempt through %s', async (name, fault) => {
  const { client, outside, local } = world;
  const added = local.faults.add(ofConsumer(fault));

  const { runId } = await client.sendTask(work, { subject: name });

  expect(await client.waitForRun(runId, { timeout: '30s' })).toMatchObject({
    status: 'succeeded',
    attempt: 1,
  });
  expect(outside.callsOf(name)).toHaveLength(1);
  expect(added.count).toBe(fault.times);
  await world.drained(work);
});

test('a run has one attempt though its message is delivered twice', async () => {
  const { client, outside, local, queueOf } = world;
  const { url } = queueOf(work);
  const queue = local.queues.find(each => each.url === url)?.name ?? '';
  const added = local.faults.add({ queue, kind: 'duplicate', times: 1 });

  const { runId } = await client.sendTask(work, { subject: 'twice' });

  expect(await client.waitForRun(runId, { timeout: '30s' })).toMatchObject({
    status: 'succeeded',
    attempt: 1,
  });
  await world.drained(work);
  expect(added.count).toBe(1);
  expect(outside.callsOf('twice')).toHaveLength(1);
});

test('a dead letter is in its queue though SQS does not take it at first', async () => {
  const { client, outside, local, queueOf } = world;
  outside.decide('unlucky', () => 'fail');
  const resource = queueOf(work).deadLetterUrl;
  const lost = { service: 'sqs', action: 'SendMessage', resource, kind: 'serverError', times: 2 } as const;
  const added = local.faults.add(ofConsumer(lost));

  const { runId } = await client.sendTask(work, { subject: 'unlucky' });

  expect(await client.waitForRun(runId, { timeout: '30s' })).toMatchObject({
    status: 'deadLettered',
    attempt: 3,
  });
  await world.drained(work);
  expect(added.count).toBe(2);
  expect((await client.countRuns(work)).deadLettered).toBe(1);
});
