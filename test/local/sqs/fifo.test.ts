import { describe, expect, test } from 'vitest';
import { errorOf, startSqs } from './sqs-fixture.ts';

async function withFifoQueue(attributes: Record<string, string> = {}) {
  const fixture = await startSqs();
  const QueueUrl = fixture.queue('q.fifo', { FifoQueue: 'true', ...attributes });
  let count = 0;
  const send = (MessageBody: string, MessageGroupId: string, MessageDeduplicationId = `d${count++}`) =>
    fixture.sqs.sendMessage({ QueueUrl, MessageBody, MessageGroupId, MessageDeduplicationId });
  return { ...fixture, QueueUrl, send };
}

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
describe('FIFO delivery (FIFO-queues-understanding-logic)', () => {
  test('one receive takes as many messages of a group as it can, then goes on to the next group', async () => {
    const { send, bodies, QueueUrl } = await withFifoQueue();
    await send('a1', 'a');
    await send('b1', 'b');
    await send('a2', 'a');
    expect(await bodies(QueueUrl, { MaxNumberOfMessages: 3 })).toEqual(['a1', 'a2', 'b1']);
  });

  test('a group is locked until what was received of it is deleted', async () => {
    const { sqs, send, receive, bodies, QueueUrl } = await withFifoQueue();
    for (const body of ['1', '2', '3']) await send(body, 'g');
    const [first, second] = await receive(QueueUrl, { MaxNumberOfMessages: 2 });
    await sqs.deleteMessage({ QueueUrl, ReceiptHandle: first?.ReceiptHandle });
    expect(await bodies(QueueUrl)).toEqual([]);
    await sqs.deleteMessage({ QueueUrl, ReceiptHandle: second?.ReceiptHandle });
    expect(await bodies(QueueUrl)).toEqual(['3']);
  });

  test('other groups are received meanwhile', async () => {
    const { send, bodies, QueueUrl } = await withFifoQueue();
    await send('a1', 'a');
    await bodies(QueueUrl);
    await send('a2', 'a');
    await send('b1', 'b');
    expect(await bodies(QueueUrl)).toEqual(['b1']);
  });

  test('order holds when messages become visible again, the later one first', async () => {
    const { sqs, send, receive, bodies, QueueUrl } = await withFifoQueue();
    for (const body of ['1', '2', '3']) await send(body, 'g');
    const [first, second] = await receive(QueueUrl, { MaxNumberOfMessages: 2 });
    for (const message of [second, first]) {
      const change = { QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 };
      await sqs.changeMessageVisibility(change);
    }
    expect(await bodies(QueueUrl)).toEqual(['1', '2', '3']);
  });

  test('order holds when the visibility timeout has passed', async () => {
    const { send, bodies, clock, QueueUrl } = await withFifoQueue();
    for (const body of ['1', '2', '3']) await send(body, 'g');
    await bodies(QueueUrl, { MaxNumberOfMessages: 1 });
    clock.advance(30_000);
    expect(await bodies(QueueUrl)).toEqual(['1', '2', '3']);
  });

  test('sequence numbers grow and are given to sender and receiver', async () => {
    const { send, receive, QueueUrl } = await withFifoQueue();
    const sent = [await send('1', 'g'), await send('2', 'g')].map(result => result.SequenceNumber);
    const received = (await receive(QueueUrl)).map(message => message.Attributes?.SequenceNumber);
    expect(received).toEqual(sent);
    expect(BigInt(sent[1] ?? 0)).toBeGreaterThan(BigInt(sent[0] ?? 0));
  });

  test('the delay of the queue applies and keeps the order', async () => {
    const { send, bodies, clock, QueueUrl } = await withFifoQueue({ DelaySeconds: '10' });
    await send('1', 'g');
    clock.advance(5000);
    await send('2', 'g');
    clock.advance(5000);
    expect(await bodies(QueueUrl, { VisibilityTimeout: 5 })).toEqual(['1']);
    clock.advance(5000);
    expect(await bodies(QueueUrl)).toEqual(['1', '2']);
  });

  test('fails with a delay of a single message, which is not for FIFO queues', async () => {
    const { sqs, QueueUrl } = await withFifoQueue();
    const message = { QueueUrl, MessageBody: 'x', MessageGroupId: 'g', MessageDeduplicationId: 'd' };
    const error = await errorOf(sqs.sendMessage({ ...message, DelaySeconds: 1 }));
    expect(error).toMatchObject({
      code: 'InvalidParameterValue',
      message: expect.stringContaining('queue type'),
    });
  });

  test('fails without a group, and with a group of other characters or more than 128', async () => {
    const { sqs, QueueUrl, send } = await withFifoQueue();
    const noGroup = sqs.sendMessage({ QueueUrl, MessageBody: 'x', MessageDeduplicationId: 'd' });
    expect((await errorOf(noGroup)).code).toBe('MissingParameter');
    expect((await errorOf(send('x', 'a b'))).code).toBe('InvalidParameterValue');
    expect((await errorOf(send('x', 'g'.repeat(129)))).code).toBe('InvalidParameterValue');
  });

  test('ReceiveRequestAttemptId is accepted', async () => {
    const { send, bodies, QueueUrl } = await withFifoQueue();
    await send('x', 'g');
    expect(await bodies(QueueUrl, { ReceiveRequestAttemptId: 'attempt-1' })).toEqual(['x']);
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html
describe('FIFO deduplication (FIFO-queues-exactly-once-processing)', () => {
  test('a duplicate within five minutes is accepted and not delivered, even after a delete', async () => {
    const { sqs, send, receive, clock, QueueUrl } = await withFifoQueue();
    const sent = await send('x', 'g', 'same');
    const [message] = await receive(QueueUrl);
    await sqs.deleteMessage({ QueueUrl, ReceiptHandle: message?.ReceiptHandle });
    clock.advance(299_999);
    expect(await send('x', 'g', 'same')).toMatchObject({
      MessageId: sent.MessageId,
      SequenceNumber: sent.SequenceNumber,
    });
    expect(await receive(QueueUrl)).toEqual([]);
    clock.advance(1);
    await send('x', 'g', 'same');
    expect(await receive(QueueUrl)).toHaveLength(1);
  });

  test('content-based deduplication is by the body and not by the attributes', async () => {
    const { sqs, bodies, QueueUrl } = await withFifoQueue({ ContentBasedDeduplication: 'true' });
    const MessageAttributes = { a: { DataType: 'String', StringValue: 'v' } };
    await sqs.sendMessage({ QueueUrl, MessageBody: 'same', MessageGroupId: 'g' });
    await sqs.sendMessage({ QueueUrl, MessageBody: 'same', MessageGroupId: 'g', MessageAttributes });
    await sqs.sendMessage({ QueueUrl, MessageBody: 'other', MessageGroupId: 'g' });
    const explicit = { MessageGroupId: 'g', MessageDeduplicationId: 'explicit' };
    await sqs.sendMessage({ QueueUrl, MessageBody: 'same', ...explicit });
    expect(await bodies(QueueUrl)).toEqual(['same', 'other', 'same']);
  });

  test.each([
    ['queue', ['a']],
    ['messageGroup', ['a', 'b']],
  ])('DeduplicationScope %s delivers %j', async (DeduplicationScope, expected) => {
    const { send, bodies, QueueUrl } = await withFifoQueue({ DeduplicationScope });
    await send('a', 'group-1', 'same');
    await send('b', 'group-2', 'same');
    expect(await bodies(QueueUrl)).toEqual(expected);
  });

  test('fails without an id when the queue does not deduplicate by content', async () => {
    const { sqs, QueueUrl } = await withFifoQueue();
    const error = await errorOf(sqs.sendMessage({ QueueUrl, MessageBody: 'x', MessageGroupId: 'g' }));
    expect(error.message).toContain('ContentBasedDeduplication');
  });

  test('fails with an id on a standard queue', async () => {
    const { sqs, queue } = await startSqs();
    const message = { QueueUrl: queue('q'), MessageBody: 'x', MessageDeduplicationId: 'd' };
    expect((await errorOf(sqs.sendMessage(message))).code).toBe('InvalidParameterValue');
  });
});
