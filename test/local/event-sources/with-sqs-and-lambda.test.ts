import { expect, onTestFinished, test } from 'vitest';
import { startSqsEventSource } from '../../../local/event-sources/sqs-event-source.ts';
import type { LocalFunction } from '../../../local/lambda/function-api.ts';
import { eventually } from '../../eventually.ts';
import { startLambda } from '../lambda/lambda-fixture.ts';
import { LOCATION } from '../lambda/lambda-location.ts';
import { startSqs } from '../sqs/sqs-fixture.ts';
import { createFakeFunction, settled } from './fake-function.ts';

async function startAll(queueName: string, attributes: Record<string, string>, target: LocalFunction) {
  const { service, clock, sqs } = await startSqs();
  const queue = service.createQueue(queueName, attributes);
  const source = startSqsEventSource({
    queue,
    target,
    clock,
    location: LOCATION,
    settings: {
      batchSize: 10,
      maximumBatchingWindowSeconds: 0,
      reportBatchItemFailures: true,
      enabled: true,
    },
  });
  onTestFinished(() => source.stop());
  return { queue, clock, sqs };
}

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
test('redelivers to a real handler what it reported, after the visibility timeout', async () => {
  // GIVEN
  const { create, logs } = startLambda();
  const fn = create(`exports.handler = async ({ Records }) => {
    for (const { body, attributes } of Records) console.log(body + ' ' + attributes.ApproximateReceiveCount);
    const failed = Records.filter(r => r.body === 'bad' && r.attributes.ApproximateReceiveCount === '1');
    return { batchItemFailures: failed.map(r => ({ itemIdentifier: r.messageId })) };
  };`);
  const { queue, clock, sqs } = await startAll('q', { VisibilityTimeout: '30' }, fn);
  // WHEN
  await sqs.sendMessageBatch({
    QueueUrl: queue.url,
    Entries: ['good', 'bad'].map(body => ({ Id: body, MessageBody: body })),
  });
  await eventually(() => expect(queue.counts()).toMatchObject({ visible: 0, inFlight: 1 }));
  clock.advance(30_000);
  // THEN
  await eventually(() => expect(queue.counts()).toMatchObject({ visible: 0, inFlight: 0 }));
  expect(logs.map(({ text }) => text)).toEqual(['good 1', 'bad 1', 'bad 2']);
});

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
test('keeps the messages of a group in order, and one batch of a group at once', async () => {
  // GIVEN
  const target = createFakeFunction();
  const { queue, sqs } = await startAll(
    'q.fifo',
    { FifoQueue: 'true', ContentBasedDeduplication: 'true' },
    target,
  );
  const send = async (groupId: string, ...bodies: string[]) => {
    const Entries = bodies.map(body => ({ Id: body, MessageBody: body, MessageGroupId: groupId }));
    await sqs.sendMessageBatch({ QueueUrl: queue.url, Entries });
  };
  // WHEN
  await send('a', 'a1', 'a2');
  await eventually(() => expect(target.batches).toEqual([['a1', 'a2']]));
  await send('a', 'a3');
  await send('b', 'b1');
  // THEN
  await eventually(() => expect(target.batches).toEqual([['a1', 'a2'], ['b1']]));
  await target.end();
  expect(target.batches).toEqual([['a1', 'a2'], ['b1'], ['a3']]);
  await target.end();
  await target.end();
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
test('leaves alone what outlived its visibility timeout', async () => {
  // GIVEN
  const target = createFakeFunction();
  const attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true', VisibilityTimeout: '30' };
  const { queue, clock, sqs } = await startAll('q.fifo', attributes, target);
  await sqs.sendMessage({ QueueUrl: queue.url, MessageBody: 'a', MessageGroupId: 'a' });
  await eventually(() => expect(target.batches).toEqual([['a']]));
  // WHEN
  clock.advance(30_000);
  await settled();
  expect(target.batches).toEqual([['a'], ['a']]);
  await target.end();
  // THEN
  expect(queue.counts().inFlight).toBe(1);
  await target.end();
  expect(queue.counts()).toMatchObject({ visible: 0, inFlight: 0 });
});
