import { ReceiveMessageCommand, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { RunTable, TaskQueue } from 'cdk-background-jobs';
import { beforeAll, expect, test } from 'vitest';
import { work, workOnce } from './fixtures/tasks.ts';
import { startWorld, WORK, WORK_ONCE, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld(shop => {
    const runTable = new RunTable(shop, 'Runs');
    const operations = new Topic(shop, 'Operations');
    new TaskQueue(shop, 'Jobs', { ...WORK, runTable }).alarms.notify(operations);
    new TaskQueue(shop, 'OneAttempt', { ...WORK_ONCE, runTable }).alarms.notify(operations);
  });
  return () => world.stop();
});

test('a failing task is tried again after its backoff until its attempts are used up, then dead-lettered', async () => {
  // GIVEN
  const { client, outside, sqs } = world;
  outside.decide('broken', () => 'fail');

  // WHEN
  const { runId } = await client.sendTask(work, { subject: 'broken' });
  const run = await client.waitForRun(runId, { timeout: '30s' });

  // THEN
  const error = { name: 'Error', message: 'broken is broken' };
  expect(run).toMatchObject({ status: 'deadLettered', cause: 'attemptsUsedUp', attempt: 3, error });
  const calls = outside.callsOf('broken');
  expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  const pausesMs = calls.slice(1).map(({ at }, index) => at - (calls[index]?.at ?? at));
  expect(pausesMs).toEqual([1000, 1000]);
  const { Messages: [letter] = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: world.queueOf(work).deadLetterUrl, WaitTimeSeconds: 10 }),
  );
  expect(JSON.parse(letter?.Body ?? '')).toMatchObject({
    runId,
    epoch: 1,
    payload: { subject: 'broken' },
    deadLetter: { cause: 'attemptsUsedUp', attempts: 3, error },
  });
});

test('an alarm that notifies operations watches each queue in which dead letters lie', () => {
  const { local, template } = world;
  const alarms = template.findResources('AWS::CloudWatch::Alarm', {
    Properties: { MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 0 },
  });

  const watched = Object.values(alarms).map(
    ({ Properties }) => Properties.Dimensions[0].Value['Fn::GetAtt'][0],
  );
  expect(watched.map(id => local.queues.find(({ logicalId }) => logicalId === id)?.url)).toEqual([
    world.queueOf(work).deadLetterUrl,
    world.queueOf(workOnce).deadLetterUrl,
  ]);
  const notified = local.alarms.filter(({ logicalId }) => logicalId in alarms).map(({ actions }) => actions);
  expect(notified).toEqual(Array(2).fill([local.topics[0]?.arn]));
});

test('a dead letter that an operator moves back is a new life of its run, with the same idempotency keys', async () => {
  // GIVEN
  const { client, outside } = world;
  let fixed = false;
  outside.decide('to-fix', () => (fixed ? 'succeed' : 'fail'));
  const { runId } = await client.sendTask(workOnce, { subject: 'to-fix' });
  await client.waitForRun(runId, { timeout: '20s' });
  await world.local.idle();
  expect((await client.countRuns(workOnce)).deadLettered).toBe(1);

  // WHEN
  fixed = true;
  await moveDeadLettersBack();
  await world.local.advance('1m');

  // THEN
  const succeeded = { status: 'succeeded', epoch: 1, attempt: 1, result: { subject: 'to-fix' } };
  expect(await client.getRun(runId)).toMatchObject(succeeded);
  const calls = outside.callsOf('to-fix');
  expect(calls.map(({ epoch, attempt }) => [epoch, attempt])).toEqual([
    [0, 1],
    [1, 1],
  ]);
  expect(new Set(calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  await world.drained(workOnce);
  expect((await client.countRuns(workOnce)).deadLettered).toBe(0);
});

/** As `aws sqs start-message-move-task` does: letters that were sent, and not dead-lettered by SQS, need the destination. */
async function moveDeadLettersBack(): Promise<void> {
  const { url, deadLetterUrl } = world.queueOf(workOnce);
  const arnOf = (url: string) => world.local.queues.find(queue => queue.url === url)?.arn;
  await world.sqs.send(
    new StartMessageMoveTaskCommand({ SourceArn: arnOf(deadLetterUrl), DestinationArn: arnOf(url) }),
  );
}
