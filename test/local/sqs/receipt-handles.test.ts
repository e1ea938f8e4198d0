import { describe, expect, test } from 'vitest';
import { errorOf, startSqs } from './sqs-fixture.ts';

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
// https://repost.aws/knowledge-center/sqs-receipt-handle-error
describe('receipt handles (API_DeleteMessage, sqs-receipt-handle-error)', () => {
  async function receivedTwice(name: string, attributes: Record<string, string>) {
    const fixture = await startSqs();
    const QueueUrl = fixture.queue(name, attributes);
    const fifo = name.endsWith('.fifo') ? { MessageGroupId: 'g', MessageDeduplicationId: 'd' } : {};
    await fixture.sqs.sendMessage({ QueueUrl, MessageBody: 'x', ...fifo });
    const older = (await fixture.receive(QueueUrl))[0]?.ReceiptHandle ?? '';
    fixture.clock.advance(30_000);
    const latest = (await fixture.receive(QueueUrl))[0]?.ReceiptHandle ?? '';
    const remove = (ReceiptHandle: string) => fixture.sqs.deleteMessage({ QueueUrl, ReceiptHandle });
    const count = () => {
      const counts = fixture.service.queueByUrl(QueueUrl)?.counts();
      return (counts?.visible ?? 0) + (counts?.inFlight ?? 0);
    };
    return { ...fixture, older, latest, remove, count };
  }

  test('each receive has a handle of its own', async () => {
    const { older, latest } = await receivedTwice('q', {});
    expect(older).not.toBe(latest);
  });

  test('in a standard queue an older handle is accepted and deletes nothing', async () => {
    const { older, latest, remove, count } = await receivedTwice('q', {});
    await remove(older);
    expect(count()).toBe(1);
    await remove(latest);
    expect(count()).toBe(0);
  });

  test('in a standard queue the latest handle deletes even after its visibility timeout', async () => {
    const { latest, remove, count, clock } = await receivedTwice('q', {});
    clock.advance(30_000);
    await remove(latest);
    expect(count()).toBe(0);
  });

  test('in a FIFO queue an older or expired handle fails', async () => {
    const { older, latest, remove, count, clock } = await receivedTwice('q.fifo', { FifoQueue: 'true' });
    const expired = { code: 'InvalidParameterValue', message: expect.stringContaining('has expired') };
    expect(await errorOf(remove(older))).toMatchObject(expired);
    clock.advance(30_000);
    expect(await errorOf(remove(latest))).toMatchObject(expired);
    expect(count()).toBe(1);
  });

  test('deleting again is accepted', async () => {
    const { latest, remove } = await receivedTwice('q', {});
    await remove(latest);
    await expect(remove(latest)).resolves.toBeDefined();
  });

  test('fails with the handle of another queue', async () => {
    const { sqs, queue, latest } = await receivedTwice('q', {});
    const error = await errorOf(sqs.deleteMessage({ QueueUrl: queue('other'), ReceiptHandle: latest }));
    expect(error).toMatchObject({ name: 'ReceiptHandleIsInvalid', code: 'ReceiptHandleIsInvalid' });
  });
});
