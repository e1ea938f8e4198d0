import { describe, expect, test } from 'vitest';
import { errorOf, startSqs } from './sqs-fixture.ts';

const HOUR_MS = 3_600_000;

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
describe('visibility timeout (sqs-visibility-timeout)', () => {
  async function received(attributes: Record<string, string> = {}) {
    const fixture = await startSqs();
    const QueueUrl = fixture.queue('q', attributes);
    await fixture.sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
    const ReceiptHandle = (await fixture.receive(QueueUrl))[0]?.ReceiptHandle ?? '';
    return { ...fixture, QueueUrl, ReceiptHandle };
  }

  test('a received message is hidden for the timeout of the queue, by default 30 seconds', async () => {
    const { clock, bodies, QueueUrl } = await received();
    clock.advance(29_999);
    expect(await bodies(QueueUrl)).toEqual([]);
    clock.advance(1);
    expect(await bodies(QueueUrl)).toEqual(['x']);
  });

  test('the timeout of the receive comes before that of the queue', async () => {
    const { sqs, queue, clock, bodies } = await startSqs();
    const QueueUrl = queue('q', { VisibilityTimeout: '100' });
    await sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
    await bodies(QueueUrl, { VisibilityTimeout: 5 });
    clock.advance(5000);
    expect(await bodies(QueueUrl)).toEqual(['x']);
  });

  test('a change counts from now, and the next receive has the timeout of the queue again', async () => {
    const { sqs, clock, bodies, QueueUrl, ReceiptHandle } = await received();
    clock.advance(20_000);
    await sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout: 60 });
    clock.advance(59_999);
    expect(await bodies(QueueUrl)).toEqual([]);
    clock.advance(1);
    expect(await bodies(QueueUrl)).toEqual(['x']);
    clock.advance(30_000);
    expect(await bodies(QueueUrl)).toEqual(['x']);
  });

  test('a change to 0 makes the message visible at once', async () => {
    const { sqs, bodies, QueueUrl, ReceiptHandle } = await received();
    await sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
    expect(await bodies(QueueUrl)).toEqual(['x']);
  });

  test('twelve hours from the receive are the limit of all changes together', async () => {
    const { sqs, clock, QueueUrl, ReceiptHandle } = await received();
    const change = (VisibilityTimeout: number) =>
      sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout });
    await change(2 * 3600);
    clock.advance(HOUR_MS);
    await change(11 * 3600);
    const error = await errorOf(change(11 * 3600 + 1));
    expect(error).toMatchObject({
      code: 'InvalidParameterValue',
      message: expect.stringContaining('beyond the limit [43200 seconds]'),
    });
    clock.advance(11 * HOUR_MS);
    expect((await errorOf(change(1))).name).toBe('MessageNotInflight');
  });

  test('fails to change what is visible again, deleted, or received again since', async () => {
    const { sqs, clock, receive, QueueUrl, ReceiptHandle } = await received();
    const change = () => sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout: 5 });
    clock.advance(30_000);
    expect((await errorOf(change())).name).toBe('MessageNotInflight');
    const [again] = await receive(QueueUrl);
    expect((await errorOf(change())).code).toBe('InvalidParameterValue');
    await sqs.deleteMessage({ QueueUrl, ReceiptHandle: again?.ReceiptHandle });
    expect((await errorOf(change())).message).toContain('Message does not exist or is not available');
  });

  test('fails to change without a timeout or with a malformed handle', async () => {
    const { sqs, QueueUrl, ReceiptHandle } = await received();
    const missing = await errorOf(
      sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout: undefined }),
    );
    expect(missing.code).toBe('MissingParameter');
    const malformed = sqs.changeMessageVisibility({ QueueUrl, ReceiptHandle: 'abc', VisibilityTimeout: 1 });
    expect((await errorOf(malformed)).name).toBe('ReceiptHandleIsInvalid');
  });
});
