import { describe, expect, test } from 'vitest';
import { eventually } from '../../eventually.ts';
import { type SqsFixture, startSqs } from './sqs-fixture.ts';

/** A waiting receive shows as one more timer. */
async function untilWaiting({ clock }: SqsFixture, polls: number): Promise<void> {
  await eventually(() => expect(clock.timers()).toBe(polls));
}

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
describe('long polling (sqs-short-and-long-polling)', () => {
  test('a receive answers as soon as a message arrives', async () => {
    const fixture = await startSqs();
    const QueueUrl = fixture.queue('q');
    const bodies = fixture.bodies(QueueUrl, { WaitTimeSeconds: 20 });
    await untilWaiting(fixture, 1);
    await fixture.sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
    expect(await bodies).toEqual(['x']);
  });

  test('a receive answers as soon as a delay has passed', async () => {
    const fixture = await startSqs();
    const QueueUrl = fixture.queue('q');
    await fixture.sqs.sendMessage({ QueueUrl, MessageBody: 'x', DelaySeconds: 10 });
    const bodies = fixture.bodies(QueueUrl, { WaitTimeSeconds: 20 });
    await untilWaiting(fixture, 2);
    fixture.clock.advance(10_000);
    expect(await bodies).toEqual(['x']);
  });

  test('a receive answers without messages when the wait has passed', async () => {
    const fixture = await startSqs();
    const QueueUrl = fixture.queue('q', { ReceiveMessageWaitTimeSeconds: '5' });
    const bodies = fixture.bodies(QueueUrl);
    await untilWaiting(fixture, 1);
    fixture.clock.advance(5000);
    expect(await bodies).toEqual([]);
    expect(fixture.clock.timers()).toBe(0);
  });

  test('WaitTimeSeconds 0 comes before the wait of the queue', async () => {
    const { queue, bodies } = await startSqs();
    const QueueUrl = queue('q', { ReceiveMessageWaitTimeSeconds: '20' });
    expect(await bodies(QueueUrl, { WaitTimeSeconds: 0 })).toEqual([]);
  });

  test('one message goes to one of several waiting receives, the one that has waited longest', async () => {
    const fixture = await startSqs();
    const QueueUrl = fixture.queue('q');
    const first = fixture.bodies(QueueUrl, { WaitTimeSeconds: 20 });
    await untilWaiting(fixture, 1);
    const second = fixture.bodies(QueueUrl, { WaitTimeSeconds: 20 });
    await untilWaiting(fixture, 2);
    await fixture.sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
    expect(await first).toEqual(['x']);
    fixture.clock.advance(20_000);
    expect(await second).toEqual([]);
  });

  test('an aborted receive takes no message with it', async () => {
    const fixture = await startSqs();
    const QueueUrl = fixture.queue('q');
    const abort = new AbortController();
    const aborted = fixture.sqs.receiveMessage(
      { QueueUrl, WaitTimeSeconds: 20 },
      { abortSignal: abort.signal },
    );
    await untilWaiting(fixture, 1);
    abort.abort();
    await expect(aborted).rejects.toThrow(/abort/i);
    await untilWaiting(fixture, 0);
    await fixture.sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
    expect(await fixture.bodies(QueueUrl)).toEqual(['x']);
  });
});
