import { describe, expect, test } from 'vitest';
import { startSqsEventSource } from '../../../local/event-sources/sqs-event-source.ts';
import type { SqsEventSourceSettings } from '../../../local/event-sources/sqs-event-source-settings.ts';
import { createFakeClock } from '../fake-clock.ts';
import { createFakeFunction, FAILURE, SUCCESS, settled, THROTTLED } from './fake-function.ts';
import { createFakeQueue, type FakeQueue } from './fake-queue.ts';

const SETTINGS: SqsEventSourceSettings = {
  batchSize: 10,
  maximumBatchingWindowSeconds: 0,
  reportBatchItemFailures: false,
  enabled: true,
};
const LOCATION = { region: 'eu-west-1', accountId: '123456789012', endpoint: 'http://127.0.0.1:4566' };

function start(
  settings: Partial<SqsEventSourceSettings> = {},
  queue: FakeQueue = createFakeQueue(),
  maxPollers?: number,
) {
  const clock = createFakeClock();
  const target = createFakeFunction();
  const source = startSqsEventSource({
    queue,
    target,
    clock,
    location: LOCATION,
    settings: { ...SETTINGS, ...settings },
    ...(maxPollers && { maxPollers }),
  });
  return { clock, target, queue, source };
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
test('invokes at once with what is there, and deletes it after success', async () => {
  const { queue, target } = start();
  queue.send('a', 'b');
  await settled();
  expect(target.batches).toEqual([['a', 'b']]);
  expect(queue.left()).toEqual({ visible: [], inFlight: ['a', 'b'] });
  await target.end(SUCCESS);
  expect(queue.left()).toEqual({ visible: [], inFlight: [] });
});

test('takes what was in the queue before it started', async () => {
  const queue = createFakeQueue();
  queue.send('a');
  expect(start({}, queue).target.batches).toEqual([['a']]);
});

// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
test('hands over records in the shape of Lambda', async () => {
  // GIVEN
  const queue = createFakeQueue({
    attributes: {
      text: { dataType: 'String', stringValue: 'x' },
      bytes: { dataType: 'Binary.mine', binaryValue: Uint8Array.of(1, 2, 255) },
    },
  });
  // WHEN
  queue.send('body');
  // THEN
  expect(start({}, queue).target.events).toEqual([
    {
      Records: [
        {
          messageId: 'id-body',
          receiptHandle: 'handle-1',
          body: 'body',
          attributes: { ApproximateReceiveCount: '1', SentTimestamp: '0' },
          messageAttributes: {
            text: { stringValue: 'x', stringListValues: [], binaryListValues: [], dataType: 'String' },
            bytes: {
              binaryValue: 'AQL/',
              stringListValues: [],
              binaryListValues: [],
              dataType: 'Binary.mine',
            },
          },
          md5OfBody: 'md5',
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:q',
          awsRegion: 'eu-west-1',
        },
      ],
    },
  ]);
});

test('never receives but when it is told to', async () => {
  const { queue, clock } = start();
  const before = queue.received.length;
  clock.advance(24 * 3_600_000);
  await settled();
  expect(queue.received).toHaveLength(before);
  expect(clock.timers()).toBe(0);
});

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
test('cuts batches at the batch size', async () => {
  const { queue, target } = start({ batchSize: 2 });
  queue.send('a', 'b', 'c');
  await settled();
  expect(target.batches).toEqual([['a', 'b'], ['c']]);
});

test.each([
  { settings: {}, maxPollers: undefined, expected: 5 },
  { settings: {}, maxPollers: 3, expected: 3 },
  { settings: { maximumConcurrency: 2 }, maxPollers: 3, expected: 2 },
])('runs $expected batches at once', async ({ settings, maxPollers, expected }) => {
  // GIVEN
  const { queue, target } = start({ batchSize: 1, ...settings }, createFakeQueue(), maxPollers);
  // WHEN
  queue.send(...numbers(1, 9));
  await settled();
  // THEN
  expect(target.batches).toHaveLength(expected);
  expect(queue.counts().visible).toBe(9 - expected);
  await target.end();
  expect(target.batches).toHaveLength(expected + 1);
});

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
test('deletes nothing after a function error, and does not touch visibility', async () => {
  const { queue, target } = start();
  queue.send('a', 'b');
  await settled();
  await target.end(FAILURE);
  expect(queue.left()).toEqual({ visible: [], inFlight: ['a', 'b'] });
  queue.expireVisibility();
  await settled();
  expect(target.batches).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
});

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-backoff-strategy
describe('a throttled batch', () => {
  test('is tried again, later each time, and soon again once there was room', async () => {
    // GIVEN
    const { queue, target, clock } = start();
    queue.send('a');
    await settled();
    for (const backoffMs of [500, 1_000, 2_000]) {
      // WHEN
      await target.end(THROTTLED);
      // THEN
      clock.advance(backoffMs - 1);
      expect(target.running()).toBe(0);
      clock.advance(1);
      expect(target.running()).toBe(1);
    }
    await target.end(SUCCESS);
    expect(target.batches).toEqual([['a'], ['a'], ['a'], ['a']]);
    expect(queue.left()).toEqual({ visible: [], inFlight: [] });
    queue.send('b');
    await settled();
    await target.end(THROTTLED);
    clock.advance(500);
    expect(target.running()).toBe(1);
  });

  test('has nothing received beside it while it waits', async () => {
    const { queue, target, clock } = start();
    queue.send('a');
    await settled();
    await target.end(THROTTLED);
    queue.send('b');
    await settled();
    expect(queue.left()).toEqual({ visible: ['b'], inFlight: ['a'] });
    clock.advance(500);
    expect(target.batches).toEqual([['a'], ['a'], ['b']]);
  });

  test('is forgotten once its messages are visible again', async () => {
    // GIVEN
    const { queue, target, clock } = start();
    queue.send('a');
    await settled();
    // WHEN
    for (const backoffMs of [500, 1_000, 2_000, 4_000, 8_000]) {
      await target.end(THROTTLED);
      clock.advance(backoffMs);
    }
    expect(target.running()).toBe(1);
    await target.end(THROTTLED);
    clock.advance(16_000);
    // THEN
    expect([target.running(), queue.left()]).toEqual([0, { visible: [], inFlight: ['a'] }]);
    queue.expireVisibility();
    await settled();
    expect(target.running()).toBe(1);
  });

  test('goes back when the source stops', async () => {
    const { queue, target, source, clock } = start();
    queue.send('a');
    await settled();
    await target.end(THROTTLED);
    await source.stop();
    expect(queue.left()).toEqual({ visible: ['a'], inFlight: [] });
    expect(clock.timers()).toBe(0);
  });

  test('goes back when it is throttled while the source stops', async () => {
    const { queue, target, source, clock } = start();
    queue.send('a');
    await settled();
    const stopped = source.stop();
    await target.end(THROTTLED);
    await stopped;
    expect(queue.left()).toEqual({ visible: ['a'], inFlight: [] });
    expect(clock.timers()).toBe(0);
  });
});

test('ignores what the function answers where batch item failures are not reported', async () => {
  const { queue, target } = start();
  queue.send('a');
  await settled();
  await target.end({ outcome: 'succeeded', payload: { batchItemFailures: [{ itemIdentifier: 'id-a' }] } });
  expect(queue.left()).toEqual({ visible: [], inFlight: [] });
});

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
test('deletes what is not reported as failed', async () => {
  const { queue, target } = start({ reportBatchItemFailures: true });
  queue.send('a', 'b', 'c');
  await settled();
  await target.end({ outcome: 'succeeded', payload: { batchItemFailures: [{ itemIdentifier: 'id-b' }] } });
  expect(queue.left()).toEqual({ visible: [], inFlight: ['b'] });
});

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching
test('gathers a batch within its window, by several receives, and invokes when it is full', async () => {
  // GIVEN
  const { queue, target, clock } = start({ batchSize: 25, maximumBatchingWindowSeconds: 5 });
  queue.send(...numbers(1, 12));
  await settled();
  expect(target.batches).toEqual([]);
  // WHEN
  queue.send(...numbers(13, 30));
  await settled();
  // THEN
  expect(target.batches).toEqual([numbers(1, 25)]);
  clock.advance(5_000);
  expect(target.batches).toEqual([numbers(1, 25), numbers(26, 30)]);
  expect(clock.timers()).toBe(0);
});

test('invokes with what it has when its window ends', async () => {
  // GIVEN
  const { queue, target, clock } = start({ maximumBatchingWindowSeconds: 5 });
  queue.send('a');
  await settled();
  clock.advance(3_000);
  queue.send('b');
  await settled();
  // WHEN
  clock.advance(1_999);
  expect(target.batches).toEqual([]);
  clock.advance(1);
  // THEN
  expect(target.batches).toEqual([['a', 'b']]);
});

test('cuts a batch at the size of an invocation and gives the rest back', async () => {
  const { queue, target } = start({ maximumConcurrency: 2 });
  const mebibyte = '"'.repeat(1024 * 1024 - 10);
  queue.send(...numbers(1, 5).map(number => number + mebibyte));
  await settled();
  expect(target.batches.map(batch => batch.map(body => body[0]))).toEqual([
    ['1', '2'],
    ['3', '4'],
  ]);
  expect(queue.left().visible).toHaveLength(1);
});

test('waits for running batches when it stops, settles them, and takes no more', async () => {
  // GIVEN
  const { queue, target, source } = start();
  queue.send('a');
  await settled();
  // WHEN
  let stopped = false;
  const stop = source.stop().then(() => {
    stopped = true;
  });
  queue.send('b');
  await settled();
  expect(stopped).toBe(false);
  await target.end(SUCCESS);
  await stop;
  // THEN
  expect([target.batches, queue.left()]).toEqual([[['a']], { visible: ['b'], inFlight: [] }]);
});

test('gives back what its window had gathered when it stops', async () => {
  const { queue, source, clock } = start({ maximumBatchingWindowSeconds: 5 });
  queue.send('a');
  await settled();
  await source.stop();
  expect([queue.left(), clock.timers()]).toEqual([{ visible: ['a'], inFlight: [] }, 0]);
});

test('does nothing while it is disabled', async () => {
  const { queue, target } = start({ enabled: false });
  queue.send('a');
  await settled();
  expect([target.batches, queue.received]).toEqual([[], []]);
});

test.each([
  { settings: { filters: [{}] }, fifo: false, message: 'FilterCriteria are not supported locally, got 1' },
  { settings: { batchSize: 0 }, fifo: false, message: 'BatchSize must be 1 to 10000, got 0' },
  { settings: { batchSize: 11 }, fifo: false, message: 'BatchSize 11 is above 10' },
  { settings: { maximumBatchingWindowSeconds: 301 }, fifo: false, message: 'must be 0 to 300, got 301' },
  {
    settings: { maximumConcurrency: 1 },
    fifo: false,
    message: 'MaximumConcurrency must be 2 to 1000, got 1',
  },
  { settings: { batchSize: 11 }, fifo: true, message: 'at most 10 for a FIFO queue, got 11' },
  {
    settings: { maximumBatchingWindowSeconds: 1 },
    fifo: true,
    message: 'takes no MaximumBatchingWindowInSeconds',
  },
])('fails to start: $message', ({ settings, fifo, message }) => {
  expect(() => start(settings, createFakeQueue({ fifo }))).toThrow(
    expect.objectContaining({ name: 'EventSourceSettingsError', message: expect.stringContaining(message) }),
  );
});

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-queueconfig
test('refuses a queue whose visibility timeout is shorter than its function may run', () => {
  const queue = { ...createFakeQueue(), visibilityTimeoutSeconds: 2 };
  expect(() => start({}, queue)).toThrow(
    'Queue visibility timeout: 2 seconds is less than Function timeout: 3 seconds',
  );
});
