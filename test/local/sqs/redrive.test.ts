import { describe, expect, test } from 'vitest';
import { errorOf, startSqs } from './sqs-fixture.ts';

const DAY_MS = 24 * 3_600_000;

async function withDeadLetterQueue(suffix = '', maxReceiveCount: unknown = 2) {
  const fixture = await startSqs();
  const fifo: Record<string, string> =
    suffix === '.fifo' ? { FifoQueue: 'true', ContentBasedDeduplication: 'true' } : {};
  const dlqUrl = fixture.queue(`dlq${suffix}`, fifo);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: fixture.arn(`dlq${suffix}`), maxReceiveCount });
  const sourceUrl = fixture.queue(`q${suffix}`, { ...fifo, RedrivePolicy });
  /** Receives and lets the visibility timeout pass. */
  const receiveAndFail = async () => {
    const messages = await fixture.receive(sourceUrl);
    fixture.clock.advance(30_000);
    return messages;
  };
  return { ...fixture, dlqUrl, sourceUrl, receiveAndFail };
}

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
describe('redrive policy (sqs-dead-letter-queues)', () => {
  test('a message is moved by the receive that would exceed maxReceiveCount', async () => {
    const { sqs, service, sourceUrl, dlqUrl, receiveAndFail } = await withDeadLetterQueue();
    await sqs.sendMessage({ QueueUrl: sourceUrl, MessageBody: 'x' });
    expect(await receiveAndFail()).toHaveLength(1);
    expect(await receiveAndFail()).toHaveLength(1);
    expect(service.queueByUrl(dlqUrl)?.counts().visible).toBe(0);
    expect(await receiveAndFail()).toHaveLength(0);
    expect(service.queueByUrl(dlqUrl)?.counts().visible).toBe(1);
  });

  test('a receive goes on to the next message behind one that it dead-letters', async () => {
    const { sqs, sourceUrl, receiveAndFail, bodies } = await withDeadLetterQueue('', 1);
    await sqs.sendMessage({ QueueUrl: sourceUrl, MessageBody: 'poison' });
    await receiveAndFail();
    await sqs.sendMessage({ QueueUrl: sourceUrl, MessageBody: 'good' });
    expect(await bodies(sourceUrl, { MaxNumberOfMessages: 1 })).toEqual(['good']);
  });

  test('id, body, attributes, group and, in a standard queue, the original SentTimestamp survive', async () => {
    const { sqs, sourceUrl, dlqUrl, receiveAndFail, receive, arn } = await withDeadLetterQueue('', 1);
    await sqs.sendMessage({
      QueueUrl: sourceUrl,
      MessageBody: 'x',
      MessageGroupId: 'tenant',
      MessageAttributes: { a: { DataType: 'String', StringValue: 'v' } },
    });
    const [original] = await receiveAndFail();
    await receiveAndFail();

    const [dead] = await receive(dlqUrl);

    expect(dead).toMatchObject({
      MessageId: original?.MessageId,
      Body: 'x',
      MessageAttributes: original?.MessageAttributes,
    });
    expect(dead?.Attributes).toEqual({
      ...original?.Attributes,
      ApproximateReceiveCount: '2',
      DeadLetterQueueSourceArn: arn('q'),
    });
  });

  test('a dead-letter queue with a redrive policy of its own counts its own receives', async () => {
    const { sqs, queue, sourceUrl, dlqUrl, receiveAndFail, bodies, arn } = await withDeadLetterQueue('', 1);
    queue('last');
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('last'), maxReceiveCount: 1 });
    await sqs.setQueueAttributes({ QueueUrl: dlqUrl, Attributes: { RedrivePolicy } });
    await sqs.sendMessage({ QueueUrl: sourceUrl, MessageBody: 'x' });
    await receiveAndFail();
    await receiveAndFail();
    expect(await bodies(dlqUrl)).toEqual(['x']);
  });

  test('a source whose dead-letter queue is gone keeps its messages', async () => {
    const { sqs, sourceUrl, dlqUrl, receiveAndFail } = await withDeadLetterQueue('', 1);
    await sqs.sendMessage({ QueueUrl: sourceUrl, MessageBody: 'x' });
    await receiveAndFail();
    await sqs.deleteQueue({ QueueUrl: dlqUrl });
    expect(await receiveAndFail()).toHaveLength(1);
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
  test('retention counts from the original send in a standard dead-letter queue', async () => {
    const { sqs, service, sourceUrl, dlqUrl, receiveAndFail, clock } = await withDeadLetterQueue('', 1);
    await sqs.sendMessage({ QueueUrl: sourceUrl, MessageBody: 'x' });
    clock.advance(DAY_MS);
    await receiveAndFail();
    await receiveAndFail();
    const counts = () => service.queueByUrl(dlqUrl)?.counts();
    expect(counts()).toMatchObject({ visible: 1, oldestAgeMs: 30_000 });
    clock.advance(3 * DAY_MS - 60_000);
    expect(counts()).toMatchObject({ visible: 0 });
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
  test('in a FIFO dead-letter queue the enqueue time starts again and the message id deduplicates', async () => {
    const { sqs, sourceUrl, dlqUrl, receiveAndFail, receive, clock } = await withDeadLetterQueue('.fifo', 1);
    await sqs.sendMessage({ QueueUrl: sourceUrl, MessageBody: 'x', MessageGroupId: 'g' });
    clock.advance(DAY_MS);
    const [original] = await receiveAndFail();
    await receiveAndFail();
    const [dead] = await receive(dlqUrl);
    expect(dead?.Attributes).toMatchObject({
      MessageDeduplicationId: original?.MessageId,
      MessageGroupId: 'g',
      SentTimestamp: String(Number(original?.Attributes?.SentTimestamp) + DAY_MS + 30_000),
    });
  });

  test('the sources of a dead-letter queue are listed', async () => {
    const { sqs, sourceUrl, dlqUrl } = await withDeadLetterQueue();
    expect((await sqs.listDeadLetterSourceQueues({ QueueUrl: dlqUrl })).queueUrls).toEqual([sourceUrl]);
    expect((await sqs.listDeadLetterSourceQueues({ QueueUrl: sourceUrl })).queueUrls).toEqual([]);
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
describe('redrive policies as attributes (API_SetQueueAttributes: RedrivePolicy, RedriveAllowPolicy)', () => {
  const dlqArn = 'arn:aws:sqs:eu-west-1:123456789012:dlq';
  test.each([
    'not json',
    '[]',
    '{}',
    JSON.stringify({ deadLetterTargetArn: dlqArn, maxReceiveCount: 0 }),
    JSON.stringify({ deadLetterTargetArn: dlqArn, maxReceiveCount: 1001 }),
    JSON.stringify({ deadLetterTargetArn: dlqArn, maxReceiveCount: 1.5 }),
    JSON.stringify({ deadLetterTargetArn: dlqArn, maxReceiveCounts: 1 }),
    JSON.stringify({ deadLetterTargetArn: `${dlqArn}-none`, maxReceiveCount: 1 }),
  ])('fails to create and to change a queue with the RedrivePolicy %s', async RedrivePolicy => {
    const { sqs, queue } = await startSqs();
    queue('dlq');
    const create = sqs.createQueue({ QueueName: 'q', Attributes: { RedrivePolicy } });
    expect((await errorOf(create)).code).toBe('InvalidParameterValue');
    const change = sqs.setQueueAttributes({ QueueUrl: queue('other'), Attributes: { RedrivePolicy } });
    expect((await errorOf(change)).code).toBe('InvalidParameterValue');
  });

  test('a count given as a string is accepted', async () => {
    const { sqs, sourceUrl, dlqUrl, receiveAndFail, bodies } = await withDeadLetterQueue('', '1');
    await sqs.sendMessage({ QueueUrl: sourceUrl, MessageBody: 'x' });
    await receiveAndFail();
    await receiveAndFail();
    expect(await bodies(dlqUrl)).toEqual(['x']);
  });

  test('fails when source and dead-letter queue are not of the same type', async () => {
    const { sqs, queue } = await startSqs();
    queue('dlq');
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dlqArn, maxReceiveCount: 1 });
    const create = sqs.createQueue({ QueueName: 'q.fifo', Attributes: { FifoQueue: 'true', RedrivePolicy } });
    expect((await errorOf(create)).message).toContain('same type');
  });

  test('an empty RedrivePolicy takes it away', async () => {
    const { sqs, sourceUrl, dlqUrl } = await withDeadLetterQueue();
    await sqs.setQueueAttributes({ QueueUrl: sourceUrl, Attributes: { RedrivePolicy: '' } });
    expect((await sqs.listDeadLetterSourceQueues({ QueueUrl: dlqUrl })).queueUrls).toEqual([]);
    const { Attributes } = await sqs.getQueueAttributes({
      QueueUrl: sourceUrl,
      AttributeNames: ['RedrivePolicy'],
    });
    expect(Attributes).toBeUndefined();
  });

  test.each([
    ['denyAll', undefined, false],
    ['byQueue', ['arn:aws:sqs:eu-west-1:123456789012:other'], false],
    ['byQueue', ['arn:aws:sqs:eu-west-1:123456789012:q'], true],
    ['allowAll', undefined, true],
  ])('RedriveAllowPolicy %s of %j allows the source: %s', async (redrivePermission, sourceQueueArns, allowed) => {
    const { sqs, queue } = await startSqs();
    queue('dlq', { RedriveAllowPolicy: JSON.stringify({ redrivePermission, sourceQueueArns }) });
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dlqArn, maxReceiveCount: 1 });
    const create = sqs.createQueue({ QueueName: 'q', Attributes: { RedrivePolicy } });
    if (allowed) await expect(create).resolves.toBeDefined();
    else expect((await errorOf(create)).message).toContain('RedriveAllowPolicy');
  });

  test.each([
    '{"redrivePermission":"some"}',
    '{"redrivePermission":"byQueue"}',
    '{"redrivePermission":"denyAll","sourceQueueArns":["a"]}',
    JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: Array.from({ length: 11 }, () => 'a') }),
  ])('fails to create a queue with the RedriveAllowPolicy %s', async RedriveAllowPolicy => {
    const { sqs } = await startSqs();
    const create = sqs.createQueue({ QueueName: 'dlq', Attributes: { RedriveAllowPolicy } });
    expect((await errorOf(create)).code).toBe('InvalidParameterValue');
  });
});
