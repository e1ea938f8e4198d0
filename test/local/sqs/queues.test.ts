import { describe, expect, test } from 'vitest';
import { ACCOUNT_ID, errorOf, startSqs } from './sqs-fixture.ts';

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
describe('creating and finding queues (API_CreateQueue, API_GetQueueUrl, API_ListQueues)', () => {
  test('the URL is endpoint, account and name, and any host of the path finds the queue', async () => {
    const { sqs, service, endpoint, arn } = await startSqs();
    const { QueueUrl } = await sqs.createQueue({ QueueName: 'q' });
    expect(QueueUrl).toBe(`${endpoint}/${ACCOUNT_ID}/q`);
    expect((await sqs.getQueueUrl({ QueueName: 'q' })).QueueUrl).toBe(QueueUrl);
    expect(service.queueByUrl(`https://sqs.eu-west-1.amazonaws.com/${ACCOUNT_ID}/q`)?.name).toBe('q');
    expect(service.queueByUrl(`${endpoint}/000000000000/q`)).toBeUndefined();
    expect(service.queueByArn(arn('q'))?.url).toBe(QueueUrl);
    expect(service.queueByArn('arn:aws:sqs:us-east-1:123456789012:q')).toBeUndefined();
    expect(service.queues().map(queue => queue.name)).toEqual(['q']);
  });

  test('creating again with the same attributes, or fewer, gives the same queue', async () => {
    const { sqs } = await startSqs();
    const Attributes = { DelaySeconds: '5', VisibilityTimeout: '10' };
    const first = await sqs.createQueue({ QueueName: 'q', Attributes });
    expect((await sqs.createQueue({ QueueName: 'q', Attributes })).QueueUrl).toBe(first.QueueUrl);
    expect((await sqs.createQueue({ QueueName: 'q' })).QueueUrl).toBe(first.QueueUrl);
  });

  test('fails to create again with another value', async () => {
    const { sqs, queue } = await startSqs();
    queue('q', { DelaySeconds: '5' });
    const error = await errorOf(sqs.createQueue({ QueueName: 'q', Attributes: { DelaySeconds: '6' } }));
    expect(error).toMatchObject({ name: 'QueueNameExists', code: 'QueueAlreadyExists' });
  });

  test.each([
    ['has space', {}],
    ['x'.repeat(81), {}],
    ['q.fifo', {}],
    ['q', { FifoQueue: 'true' }],
    [`${'x'.repeat(76)}.fifo`, { FifoQueue: 'true' }],
  ])('fails to create %j with %j', async (QueueName, Attributes) => {
    const { sqs } = await startSqs();
    expect((await errorOf(sqs.createQueue({ QueueName, Attributes }))).code).toBe('InvalidParameterValue');
  });

  test('a deleted queue is gone, and its name is free again after 60 seconds (API_DeleteQueue)', async () => {
    const { sqs, queue, clock } = await startSqs();
    const QueueUrl = queue('q');
    await sqs.deleteQueue({ QueueUrl });
    expect(await errorOf(sqs.sendMessage({ QueueUrl, MessageBody: 'x' }))).toMatchObject({
      name: 'QueueDoesNotExist',
      code: 'AWS.SimpleQueueService.NonExistentQueue',
    });
    expect((await errorOf(sqs.getQueueUrl({ QueueName: 'q' }))).name).toBe('QueueDoesNotExist');
    expect((await errorOf(sqs.createQueue({ QueueName: 'q' }))).name).toBe('QueueDeletedRecently');
    clock.advance(60_000);
    expect((await sqs.createQueue({ QueueName: 'q' })).QueueUrl).toBe(QueueUrl);
  });

  test('queues are listed by prefix and in pages', async () => {
    const { sqs, queue } = await startSqs();
    for (const name of ['b-1', 'a', 'b-2', 'b-3']) queue(name);
    const names = (urls: string[] | undefined) => urls?.map(url => url.split('/').at(-1));
    expect(names((await sqs.listQueues({ QueueNamePrefix: 'b' })).QueueUrls)).toEqual(['b-1', 'b-2', 'b-3']);
    const first = await sqs.listQueues({ QueueNamePrefix: 'b', MaxResults: 2 });
    const second = await sqs.listQueues({ QueueNamePrefix: 'b', MaxResults: 2, NextToken: first.NextToken });
    expect([names(first.QueueUrls), names(second.QueueUrls)]).toEqual([['b-1', 'b-2'], ['b-3']]);
    expect(second.NextToken).toBeUndefined();
  });

  test('tags are set, listed and taken away (API_TagQueue)', async () => {
    const { sqs } = await startSqs();
    const { QueueUrl } = await sqs.createQueue({ QueueName: 'q', tags: { a: '1' } });
    await sqs.tagQueue({ QueueUrl, Tags: { a: '2', b: '3' } });
    expect((await sqs.listQueueTags({ QueueUrl })).Tags).toEqual({ a: '2', b: '3' });
    await sqs.untagQueue({ QueueUrl, TagKeys: ['a', 'b'] });
    expect((await sqs.listQueueTags({ QueueUrl })).Tags).toBeUndefined();
  });

  test('a queue has 50 tags at most; a request that would give it more gives it none (API_TagQueue)', async () => {
    // GIVEN
    const { sqs, service } = await startSqs();
    const tags = (from: number, to: number) =>
      Object.fromEntries(Array.from({ length: to - from + 1 }, (_, at) => [`k${from + at}`, 'v']));
    const error = {
      code: 'InvalidParameterValue',
      message: expect.stringContaining('Too many tags added for queue'),
    };
    // WHEN
    expect(await errorOf(sqs.createQueue({ QueueName: 'none', tags: tags(1, 51) }))).toMatchObject(error);
    const { QueueUrl } = await sqs.createQueue({ QueueName: 'q', tags: tags(1, 49) });
    expect(await errorOf(sqs.tagQueue({ QueueUrl, Tags: tags(50, 51) }))).toMatchObject(error);
    // THEN
    expect((await sqs.listQueueTags({ QueueUrl })).Tags).toEqual(tags(1, 49));
    expect(service.queues().map(({ name }) => name)).toEqual(['q']);
    await sqs.tagQueue({ QueueUrl, Tags: tags(1, 50) });
    expect((await sqs.listQueueTags({ QueueUrl })).Tags).toEqual(tags(1, 50));
  });

  test('a purge deletes all messages, and a second one within 60 seconds fails (API_PurgeQueue)', async () => {
    const { sqs, service, queue, receive } = await startSqs();
    const QueueUrl = queue('q');
    await sqs.sendMessage({ QueueUrl, MessageBody: 'in flight' });
    await receive(QueueUrl);
    await sqs.sendMessage({ QueueUrl, MessageBody: 'visible' });
    await sqs.sendMessage({ QueueUrl, MessageBody: 'delayed', DelaySeconds: 5 });
    await sqs.purgeQueue({ QueueUrl });
    const empty = { visible: 0, inFlight: 0, delayed: 0, oldestAgeMs: undefined };
    expect(service.queueByUrl(QueueUrl)?.counts()).toEqual(empty);
    expect((await errorOf(sqs.purgeQueue({ QueueUrl }))).name).toBe('PurgeQueueInProgress');
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
describe('queue attributes (API_SetQueueAttributes, API_GetQueueAttributes)', () => {
  test('All gives every attribute with its default', async () => {
    const { sqs, queue, arn, clock } = await startSqs();
    const { Attributes } = await sqs.getQueueAttributes({ QueueUrl: queue('q'), AttributeNames: ['All'] });
    const now = String(Math.floor(clock.now() / 1000));
    expect(Attributes).toEqual({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesDelayed: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      CreatedTimestamp: now,
      DelaySeconds: '0',
      LastModifiedTimestamp: now,
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '345600',
      QueueArn: arn('q'),
      ReceiveMessageWaitTimeSeconds: '0',
      SqsManagedSseEnabled: 'true',
      VisibilityTimeout: '30',
    });
  });

  test('none are given unless asked for, and an unknown name fails', async () => {
    const { sqs, queue } = await startSqs();
    const QueueUrl = queue('q');
    expect((await sqs.getQueueAttributes({ QueueUrl })).Attributes).toBeUndefined();
    const AttributeNames = ['Nope' as 'All'];
    expect((await errorOf(sqs.getQueueAttributes({ QueueUrl, AttributeNames }))).name).toBe(
      'InvalidAttributeName',
    );
  });

  test('a change is in effect at once and moves LastModifiedTimestamp', async () => {
    const { sqs, queue, clock } = await startSqs();
    const QueueUrl = queue('q');
    clock.advance(5000);
    await sqs.setQueueAttributes({ QueueUrl, Attributes: { VisibilityTimeout: '7' } });
    const AttributeNames = ['VisibilityTimeout', 'CreatedTimestamp', 'LastModifiedTimestamp'] as const;
    const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: [...AttributeNames] });
    expect(Attributes?.VisibilityTimeout).toBe('7');
    expect(Number(Attributes?.LastModifiedTimestamp) - Number(Attributes?.CreatedTimestamp)).toBe(5);
  });

  test('counts are exact: delays and visibility that have passed are settled first', async () => {
    const { sqs, queue, clock, receive } = await startSqs();
    const QueueUrl = queue('q');
    for (const MessageBody of ['a', 'b']) await sqs.sendMessage({ QueueUrl, MessageBody });
    await receive(QueueUrl, { MaxNumberOfMessages: 1 });
    await sqs.sendMessage({ QueueUrl, MessageBody: 'c', DelaySeconds: 30 });
    const counts = async () => {
      const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] });
      return [
        Attributes?.ApproximateNumberOfMessages,
        Attributes?.ApproximateNumberOfMessagesNotVisible,
        Attributes?.ApproximateNumberOfMessagesDelayed,
      ];
    };
    expect(await counts()).toEqual(['1', '1', '1']);
    clock.advance(30_000);
    expect(await counts()).toEqual(['3', '0', '0']);
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
  test('the age of the oldest message leaves out what was received three times (sqs-available-cloudwatch-metrics)', async () => {
    const { sqs, service, queue, clock, receive } = await startSqs();
    const QueueUrl = queue('q', { VisibilityTimeout: '1' });
    const age = () => service.queueByUrl(QueueUrl)?.counts().oldestAgeMs;
    await sqs.sendMessage({ QueueUrl, MessageBody: 'poison' });
    for (let receives = 0; receives < 2; receives++) {
      await receive(QueueUrl);
      clock.advance(1000);
    }
    await sqs.sendMessage({ QueueUrl, MessageBody: 'good' });
    expect(age()).toBe(2000);
    await receive(QueueUrl);
    clock.advance(500);
    expect(age()).toBe(500);
  });

  test.each([
    ['DelaySeconds', '901'],
    ['DelaySeconds', '-1'],
    ['MaximumMessageSize', '1023'],
    ['MaximumMessageSize', '1048577'],
    ['MessageRetentionPeriod', '59'],
    ['MessageRetentionPeriod', '1209601'],
    ['ReceiveMessageWaitTimeSeconds', '21'],
    ['VisibilityTimeout', '43201'],
    ['VisibilityTimeout', '1.5'],
    ['KmsDataKeyReusePeriodSeconds', '59'],
    ['SqsManagedSseEnabled', 'yes'],
    ['Policy', '{'],
  ])('fails with %s %s', async (name, value) => {
    const { sqs, queue } = await startSqs();
    const create = sqs.createQueue({ QueueName: 'new', Attributes: { [name]: value } });
    expect((await errorOf(create)).name).toBe('InvalidAttributeValue');
    const change = sqs.setQueueAttributes({ QueueUrl: queue('q'), Attributes: { [name]: value } });
    expect((await errorOf(change)).name).toBe('InvalidAttributeValue');
  });

  // "Only one server-side encryption option is supported per queue"
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
  test('fails with two kinds of encryption at once, and takes one after the other', async () => {
    const { sqs, queue } = await startSqs();
    const both = { KmsMasterKeyId: 'alias/aws/sqs', SqsManagedSseEnabled: 'true' };
    const QueueUrl = queue('q');
    for (const refused of [
      sqs.createQueue({ QueueName: 'new', Attributes: both }),
      sqs.setQueueAttributes({ QueueUrl, Attributes: both }),
    ]) {
      expect(await errorOf(refused)).toMatchObject({
        name: 'InvalidAttributeName',
        message: expect.stringContaining('You can use one type of server-side encryption (SSE) at one time.'),
      });
    }
    const encryption = async () => {
      const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] });
      return [Attributes?.KmsMasterKeyId, Attributes?.SqsManagedSseEnabled];
    };
    expect(await encryption()).toEqual([undefined, 'true']);
    for (const Attributes of [
      { KmsMasterKeyId: 'alias/aws/sqs' },
      { KmsMasterKeyId: 'alias/mine', SqsManagedSseEnabled: 'false' },
    ]) {
      await sqs.setQueueAttributes({ QueueUrl, Attributes });
      expect(await encryption()).toEqual([Attributes.KmsMasterKeyId, 'false']);
    }
    await sqs.setQueueAttributes({
      QueueUrl,
      Attributes: { KmsMasterKeyId: '', SqsManagedSseEnabled: 'true' },
    });
    expect(await encryption()).toEqual([undefined, 'true']);
  });

  test('fails with attributes that are unknown, read-only or for FIFO queues only', async () => {
    const { sqs } = await startSqs();
    for (const name of ['Nope', 'QueueArn', 'ContentBasedDeduplication', 'DeduplicationScope']) {
      const create = sqs.createQueue({ QueueName: 'q', Attributes: { [name]: 'true' } });
      expect(await errorOf(create)).toMatchObject({
        name: 'InvalidAttributeName',
        message: `Unknown Attribute ${name}.`,
      });
    }
  });

  test('fails with throughput by group unless deduplication is by group', async () => {
    const { sqs } = await startSqs();
    const create = (DeduplicationScope: string) =>
      sqs.createQueue({
        QueueName: 'q.fifo',
        Attributes: { FifoQueue: 'true', FifoThroughputLimit: 'perMessageGroupId', DeduplicationScope },
      });
    expect((await errorOf(create('queue'))).name).toBe('InvalidAttributeValue');
    await expect(create('messageGroup')).resolves.toBeDefined();
  });
});
