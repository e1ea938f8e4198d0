import { describe, expect, test } from 'vitest';
import { errorOf, startSqs } from './sqs-fixture.ts';

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
describe('sending and receiving (API_SendMessage, API_ReceiveMessage)', () => {
  test('a message comes back with its body, attributes and digests', async () => {
    const { sqs, queue, receive } = await startSqs();
    const QueueUrl = queue('q');

    const sent = await sqs.sendMessage({
      QueueUrl,
      MessageBody: 'hello',
      MessageAttributes: {
        text: { DataType: 'String.label', StringValue: 'é' },
        count: { DataType: 'Number', StringValue: '-12.5e3' },
        bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255) },
      },
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-5759e988' } },
    });

    const [message] = await receive(QueueUrl);
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'hello',
      MD5OfBody: sent.MD5OfMessageBody,
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
      MessageAttributes: {
        text: { DataType: 'String.label', StringValue: 'é' },
        count: { DataType: 'Number', StringValue: '-12.5e3' },
        bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255) },
      },
      Attributes: { AWSTraceHeader: 'Root=1-5759e988', SenderId: 'AKIATEST', ApproximateReceiveCount: '1' },
    });
    expect(sent.MD5OfMessageSystemAttributes).toMatch(/^[0-9a-f]{32}$/);
  });

  // Digest given for these attributes by another implementation of
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
  test('the digest of attributes is over sorted names, types and values, each behind its length', async () => {
    const { sqs, queue } = await startSqs();
    const sent = await sqs.sendMessage({
      QueueUrl: queue('q'),
      MessageBody: 'x',
      MessageAttributes: { timestamp: { DataType: 'Number', StringValue: '1493147359900' } },
    });
    expect(sent.MD5OfMessageAttributes).toBe('235c5c510d26fb653d073faed50ae77c');
  });

  test('the digest of attributes does not depend on their order', async () => {
    const { sqs, queue } = await startSqs();
    const QueueUrl = queue('q');
    const a = { DataType: 'String', StringValue: '1' };
    const b = { DataType: 'String', StringValue: '2' };
    const one = await sqs.sendMessage({ QueueUrl, MessageBody: 'x', MessageAttributes: { a, b } });
    const other = await sqs.sendMessage({ QueueUrl, MessageBody: 'x', MessageAttributes: { b, a } });
    expect(one.MD5OfMessageAttributes).toBe(other.MD5OfMessageAttributes);
  });

  test('an empty queue answers without messages', async () => {
    const { sqs, queue } = await startSqs();
    expect(await sqs.receiveMessage({ QueueUrl: queue('q') })).not.toHaveProperty('Messages');
  });

  test('one message is received unless more are asked for', async () => {
    const { sqs, queue } = await startSqs();
    const QueueUrl = queue('q');
    for (const MessageBody of ['a', 'b', 'c']) await sqs.sendMessage({ QueueUrl, MessageBody });
    expect((await sqs.receiveMessage({ QueueUrl })).Messages).toHaveLength(1);
    expect((await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 })).Messages).toHaveLength(2);
  });

  test('attributes come only as asked for, by name, prefix or all', async () => {
    const { sqs, queue } = await startSqs();
    const QueueUrl = queue('q', { VisibilityTimeout: '0' });
    const text = { DataType: 'String', StringValue: 'v' };
    await sqs.sendMessage({
      QueueUrl,
      MessageBody: 'x',
      MessageAttributes: { 'bar.one': text, 'bar.two': text, foo: text },
    });
    const names = async (MessageAttributeNames: string[]) => {
      const { Messages } = await sqs.receiveMessage({ QueueUrl, MessageAttributeNames });
      return Object.keys(Messages?.[0]?.MessageAttributes ?? {});
    };
    expect(await names([])).toEqual([]);
    expect(await names(['foo', 'nope'])).toEqual(['foo']);
    expect(await names(['bar.*'])).toEqual(['bar.one', 'bar.two']);
    expect(await names(['.*'])).toHaveLength(3);
    const { Messages } = await sqs.receiveMessage({
      QueueUrl,
      MessageSystemAttributeNames: ['SentTimestamp'],
    });
    expect(Object.keys(Messages?.[0]?.Attributes ?? {})).toEqual(['SentTimestamp']);
  });

  test('receives are counted, and the first one keeps its time', async () => {
    const { sqs, queue, clock, receive } = await startSqs();
    const QueueUrl = queue('q', { VisibilityTimeout: '10' });
    const sentAt = String(clock.now());
    await sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
    clock.advance(1000);
    const firstAt = String(clock.now());
    await receive(QueueUrl);
    clock.advance(10_000);
    const [again] = await receive(QueueUrl);
    expect(again?.Attributes).toMatchObject({
      ApproximateReceiveCount: '2',
      SentTimestamp: sentAt,
      ApproximateFirstReceiveTimestamp: firstAt,
    });
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
  test('a standard queue accepts a MessageGroupId, gives it back and does not lock its group', async () => {
    const { sqs, queue, receive } = await startSqs();
    const QueueUrl = queue('q');
    await sqs.sendMessage({ QueueUrl, MessageBody: 'a', MessageGroupId: 'tenant' });
    await sqs.sendMessage({ QueueUrl, MessageBody: 'b', MessageGroupId: 'tenant' });
    const [first] = await receive(QueueUrl, { MaxNumberOfMessages: 1 });
    const [second] = await receive(QueueUrl, { MaxNumberOfMessages: 1 });
    expect([first?.Attributes?.MessageGroupId, second?.Attributes?.MessageGroupId]).toEqual([
      'tenant',
      'tenant',
    ]);
  });

  test.each([
    { MaxNumberOfMessages: 0 },
    { MaxNumberOfMessages: 11 },
    { WaitTimeSeconds: 21 },
    { VisibilityTimeout: 43_201 },
    { VisibilityTimeout: -1 },
    { ReceiveRequestAttemptId: 'has space' },
  ])('fails to receive with %j', async options => {
    const { sqs, queue } = await startSqs();
    const error = await errorOf(sqs.receiveMessage({ QueueUrl: queue('q'), ...options }));
    expect(error).toMatchObject({
      code: 'InvalidParameterValue',
      message: expect.stringContaining(Object.keys(options)[0] ?? ''),
    });
  });
});
