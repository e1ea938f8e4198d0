import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../local/clock.ts';
import { SqsStore } from '../../../local/sqs/sqs-store.ts';
import { createFakeClock } from '../fake-clock.ts';
import { ACCOUNT_ID, errorOf, REGION, startSqs } from './sqs-fixture.ts';

const DAY_MS = 24 * 3_600_000;

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html
describe('delays (sqs-message-timers, sqs-delay-queues)', () => {
  test('the delay of a message comes before that of the queue, 0 too', async () => {
    const { sqs, queue, clock, bodies } = await startSqs();
    const QueueUrl = queue('q', { DelaySeconds: '60' });
    await sqs.sendMessage({ QueueUrl, MessageBody: 'queue' });
    await sqs.sendMessage({ QueueUrl, MessageBody: 'later', DelaySeconds: 900 });
    await sqs.sendMessage({ QueueUrl, MessageBody: 'now', DelaySeconds: 0 });
    expect(await bodies(QueueUrl)).toEqual(['now']);
    clock.advance(59_999);
    expect(await bodies(QueueUrl, { VisibilityTimeout: 1000 })).toEqual(['now']);
    clock.advance(1);
    expect(await bodies(QueueUrl, { VisibilityTimeout: 1000 })).toEqual(['queue']);
    clock.advance(840_000);
    expect(await bodies(QueueUrl)).toEqual(['later']);
  });

  test('fails beyond 900 seconds', async () => {
    const { sqs, queue } = await startSqs();
    const error = await errorOf(
      sqs.sendMessage({ QueueUrl: queue('q'), MessageBody: 'x', DelaySeconds: 901 }),
    );
    expect(error).toMatchObject({ code: 'InvalidParameterValue', message: expect.stringContaining('901') });
  });

  test('a changed delay of the queue is retroactive in FIFO queues only', async () => {
    const { sqs, queue, bodies } = await startSqs();
    const standard = queue('q', { DelaySeconds: '60' });
    const fifo = queue('q.fifo', {
      DelaySeconds: '60',
      FifoQueue: 'true',
      ContentBasedDeduplication: 'true',
    });
    await sqs.sendMessage({ QueueUrl: standard, MessageBody: 'x' });
    await sqs.sendMessage({ QueueUrl: fifo, MessageBody: 'x', MessageGroupId: 'g' });
    for (const QueueUrl of [standard, fifo]) {
      await sqs.setQueueAttributes({ QueueUrl, Attributes: { DelaySeconds: '0' } });
    }
    expect(await bodies(standard)).toEqual([]);
    expect(await bodies(fifo)).toEqual(['x']);
  });
});

test('a timer that fires early, as setTimeout may, is set again', async () => {
  const clock = createFakeClock();
  let earlyByMs = 1;
  const hasty: Clock = {
    ...clock,
    setTimer(callback, delayMs) {
      const timer = clock.setTimer(callback, delayMs - earlyByMs);
      earlyByMs = 0;
      return timer;
    },
  };
  const location = { region: REGION, accountId: ACCOUNT_ID, endpoint: 'http://127.0.0.1:1' };
  const queue = new SqsStore({ clock: hasty, location }).create('q', { DelaySeconds: '10' });
  const content = { body: 'x', md5OfBody: '', attributes: {}, traceHeader: undefined, senderId: 's' };
  queue.send({ ...content, groupId: undefined }, {});
  const announced = new Promise<void>(resolve => queue.onReceivable(resolve));
  clock.advance(9999);
  clock.advance(1);
  await announced;
  expect(queue.receive(10)).toHaveLength(1);
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html (MessageRetentionPeriod)
describe('retention (API_SetQueueAttributes: MessageRetentionPeriod)', () => {
  test('deletes a message after four days by default, whether visible, delayed or in flight', async () => {
    const { sqs, service, queue, clock, receive } = await startSqs();
    const QueueUrl = queue('q');
    await sqs.sendMessage({ QueueUrl, MessageBody: 'visible' });
    clock.advance(4 * DAY_MS - 1000);
    await receive(QueueUrl);
    const counts = () => service.queueByUrl(QueueUrl)?.counts();
    expect(counts()).toMatchObject({ inFlight: 1 });
    clock.advance(1000);
    expect(counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0, oldestAgeMs: undefined });
  });

  test('deletes without dead-lettering', async () => {
    const { sqs, service, queue, clock, arn, receive } = await startSqs();
    const dlq = queue('dlq');
    const QueueUrl = queue('q', {
      MessageRetentionPeriod: '60',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn('dlq'), maxReceiveCount: 1 }),
    });
    await sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
    await receive(QueueUrl);
    clock.advance(60_000);
    expect(await receive(QueueUrl)).toEqual([]);
    expect(service.queueByUrl(dlq)?.counts().visible).toBe(0);
  });

  test('a shorter period deletes what is already too old', async () => {
    const { sqs, queue, clock, bodies } = await startSqs();
    const QueueUrl = queue('q');
    await sqs.sendMessage({ QueueUrl, MessageBody: 'old' });
    clock.advance(120_000);
    await sqs.sendMessage({ QueueUrl, MessageBody: 'new' });
    await sqs.setQueueAttributes({ QueueUrl, Attributes: { MessageRetentionPeriod: '60' } });
    expect(await bodies(QueueUrl)).toEqual(['new']);
  });
});
