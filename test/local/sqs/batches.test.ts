import { describe, expect, test } from 'vitest';
import { errorOf, startSqs } from './sqs-fixture.ts';

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
describe('batches (API_SendMessageBatch, API_DeleteMessageBatch, API_ChangeMessageVisibilityBatch)', () => {
  test('a batch succeeds in part: what fails is told in Failed and the rest is sent', async () => {
    const { sqs, queue, bodies } = await startSqs();
    const QueueUrl = queue('q');

    const { Successful, Failed } = await sqs.sendMessageBatch({
      QueueUrl,
      Entries: [
        { Id: 'good', MessageBody: 'good' },
        { Id: 'late', MessageBody: 'late', DelaySeconds: 901 },
        { Id: 'control', MessageBody: '\u0000' },
        { Id: 'also-good', MessageBody: 'also good' },
      ],
    });

    expect(Successful?.map(entry => entry.Id)).toEqual(['good', 'also-good']);
    expect(Failed).toEqual([
      expect.objectContaining({ Id: 'late', SenderFault: true, Code: 'InvalidParameterValue' }),
      expect.objectContaining({ Id: 'control', SenderFault: true, Code: 'InvalidMessageContents' }),
    ]);
    expect(await bodies(QueueUrl)).toEqual(['good', 'also good']);
  });

  test('each entry gets the digest of its attributes', async () => {
    const { sqs, queue } = await startSqs();
    const MessageAttributes = { a: { DataType: 'String', StringValue: 'v' } };
    const QueueUrl = queue('q');
    const single = await sqs.sendMessage({ QueueUrl, MessageBody: 'x', MessageAttributes });
    const { Successful } = await sqs.sendMessageBatch({
      QueueUrl,
      Entries: [
        { Id: '1', MessageBody: 'x', MessageAttributes },
        { Id: '2', MessageBody: 'x' },
      ],
    });
    expect(Successful?.map(entry => entry.MD5OfMessageAttributes)).toEqual([
      single.MD5OfMessageAttributes,
      undefined,
    ]);
  });

  const entry = (Id: string) => ({ Id, MessageBody: 'x', ReceiptHandle: 'x', VisibilityTimeout: 1 });
  const wholeBatchErrors = {
    EmptyBatchRequest: [],
    TooManyEntriesInBatchRequest: Array.from({ length: 11 }, (_, index) => entry(`${index}`)),
    BatchEntryIdsNotDistinct: [entry('a'), entry('a')],
    InvalidBatchEntryId: [entry('not valid')],
  };

  describe.each(Object.entries(wholeBatchErrors))('%s', (name, Entries) => {
    test('fails SendMessageBatch', async () => {
      const { sqs, queue } = await startSqs();
      expect(await errorOf(sqs.sendMessageBatch({ QueueUrl: queue('q'), Entries }))).toMatchObject({
        name,
        code: `AWS.SimpleQueueService.${name}`,
      });
    });

    test('fails DeleteMessageBatch and ChangeMessageVisibilityBatch', async () => {
      const { sqs, queue } = await startSqs();
      const QueueUrl = queue('q');
      expect((await errorOf(sqs.deleteMessageBatch({ QueueUrl, Entries }))).name).toBe(name);
      expect((await errorOf(sqs.changeMessageVisibilityBatch({ QueueUrl, Entries }))).name).toBe(name);
    });
  });

  test('fails as a whole when bodies and attributes together exceed 1 MiB', async () => {
    const { sqs, queue } = await startSqs();
    const QueueUrl = queue('q');
    const MessageAttributes = { a: { DataType: 'String', StringValue: 'v' } };
    const half = (bytes: number) => [
      { Id: '1', MessageBody: 'x'.repeat(524_288), MessageAttributes },
      { Id: '2', MessageBody: 'x'.repeat(bytes) },
    ];
    const { Successful } = await sqs.sendMessageBatch({ QueueUrl, Entries: half(524_280) });
    expect(Successful).toHaveLength(2);
    const error = await errorOf(sqs.sendMessageBatch({ QueueUrl, Entries: half(524_281) }));
    expect(error.name).toBe('BatchRequestTooLong');
  });

  test('deletes and visibility changes fail by entry', async () => {
    const { sqs, queue, receive } = await startSqs();
    const QueueUrl = queue('q');
    await sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
    const ReceiptHandle = (await receive(QueueUrl))[0]?.ReceiptHandle ?? '';

    const changed = await sqs.changeMessageVisibilityBatch({
      QueueUrl,
      Entries: [
        { Id: 'good', ReceiptHandle, VisibilityTimeout: 5 },
        { Id: 'long', ReceiptHandle, VisibilityTimeout: 43_201 },
      ],
    });
    const deleted = await sqs.deleteMessageBatch({
      QueueUrl,
      Entries: [
        { Id: 'good', ReceiptHandle },
        { Id: 'bad', ReceiptHandle: 'nonsense' },
      ],
    });

    expect(changed.Successful).toEqual([{ Id: 'good' }]);
    expect(changed.Failed).toMatchObject([{ Id: 'long', Code: 'InvalidParameterValue' }]);
    expect(deleted.Successful).toEqual([{ Id: 'good' }]);
    expect(deleted.Failed).toMatchObject([{ Id: 'bad', Code: 'ReceiptHandleIsInvalid' }]);
  });
});
