import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { errorOf, startSqs } from './sqs-fixture.ts';

const MIB = 1_048_576;

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html (MessageBody)
describe('message bodies (API_SendMessage: MessageBody)', () => {
  test.each([
    'emoji 🚀',
    'tab\tline\nreturn\r',
    '\u{10FFFF}',
    '\uE000\uFFFD',
    '<a>&amp;</a>',
  ])('%j arrives', async body => {
    const { sqs, queue, bodies } = await startSqs();
    const QueueUrl = queue('q');
    await sqs.sendMessage({ QueueUrl, MessageBody: body });
    expect(await bodies(QueueUrl)).toEqual([body]);
  });

  test.each([
    '\u0000',
    '\u0008',
    '\u001F',
    '\uFFFE',
    '\uFFFF',
    '\uD800',
  ])('fails with %j', async character => {
    const { sqs, queue } = await startSqs();
    const error = await errorOf(sqs.sendMessage({ QueueUrl: queue('q'), MessageBody: `a${character}b` }));
    expect(error.name).toBe('InvalidMessageContents');
  });

  test('fails when it is empty', async () => {
    const { sqs, queue } = await startSqs();
    const error = await errorOf(sqs.sendMessage({ QueueUrl: queue('q'), MessageBody: '' }));
    expect(error).toMatchObject({
      code: 'MissingParameter',
      message: expect.stringContaining('MessageBody'),
    });
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html (Message size)
describe('message size (quotas-messages: Message size)', () => {
  test('a message of exactly 1 MiB is accepted, in bytes and not in characters', async () => {
    const { sqs, queue, bodies } = await startSqs();
    const QueueUrl = queue('q');
    const body = 'é'.repeat(MIB / 2);
    await sqs.sendMessage({ QueueUrl, MessageBody: body });
    expect(await bodies(QueueUrl)).toEqual([body]);
  });

  test('fails when body, attribute name, type and value together are a byte more', async () => {
    const { sqs, queue } = await startSqs();
    const QueueUrl = queue('q');
    const MessageAttributes = { name: { DataType: 'String', StringValue: 'value' } };
    const room = MIB - 'nameStringvalue'.length;
    await sqs.sendMessage({ QueueUrl, MessageBody: 'x'.repeat(room), MessageAttributes });
    const error = await errorOf(
      sqs.sendMessage({ QueueUrl, MessageBody: 'x'.repeat(room + 1), MessageAttributes }),
    );
    expect(error).toMatchObject({
      code: 'InvalidParameterValue',
      message: expect.stringContaining('must be shorter than'),
    });
  });

  test('fails over the MaximumMessageSize of the queue', async () => {
    const { sqs, queue } = await startSqs();
    const QueueUrl = queue('q', { MaximumMessageSize: '1024' });
    await sqs.sendMessage({ QueueUrl, MessageBody: 'x'.repeat(1024) });
    const error = await errorOf(sqs.sendMessage({ QueueUrl, MessageBody: 'x'.repeat(1025) }));
    expect(error.code).toBe('InvalidParameterValue');
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
describe('message attributes (sqs-message-metadata)', () => {
  const text: MessageAttributeValue = { DataType: 'String', StringValue: 'v' };
  const refused: Record<string, [string, MessageAttributeValue]> = {
    'an empty name': ['', text],
    'a name of 257 characters': ['n'.repeat(257), text],
    'a name with a space': ['a b', text],
    'a name that starts with a period': ['.a', text],
    'a name that ends with a period': ['a.', text],
    'a name with two periods in succession': ['a..b', text],
    'a name that starts with AWS.': ['AWS.a', text],
    'a name that starts with amazon.': ['amazon.a', text],
    'an unknown type': ['a', { DataType: 'Boolean', StringValue: 'true' }],
    'a type of another case': ['a', { DataType: 'string', StringValue: 'v' }],
    'a type of 257 characters': ['a', { DataType: `String.${'t'.repeat(250)}`, StringValue: 'v' }],
    'no value': ['a', { DataType: 'String' }],
    'an empty value': ['a', { DataType: 'String', StringValue: '' }],
    'a Binary without bytes': ['a', { DataType: 'Binary', StringValue: 'v' }],
    'a Number that is none': ['a', { DataType: 'Number.int', StringValue: 'twelve' }],
    'a Number of 39 digits': ['a', { DataType: 'Number', StringValue: `${'1'.repeat(39)}` }],
    'a Number beyond 10^126': ['a', { DataType: 'Number', StringValue: '1e127' }],
  };

  test.each(Object.entries(refused))('fails with %s', async (_, [name, value]) => {
    const { sqs, queue } = await startSqs();
    const error = await errorOf(
      sqs.sendMessage({ QueueUrl: queue('q'), MessageBody: 'x', MessageAttributes: { [name]: value } }),
    );
    expect(error.code).toBe('InvalidParameterValue');
  });

  test('fails with a control character in a value', async () => {
    const { sqs, queue } = await startSqs();
    const MessageAttributes = { a: { DataType: 'String', StringValue: '\u0001' } };
    const error = await errorOf(
      sqs.sendMessage({ QueueUrl: queue('q'), MessageBody: 'x', MessageAttributes }),
    );
    expect(error.name).toBe('InvalidMessageContents');
  });

  test('ten are accepted and eleven fail', async () => {
    const { sqs, queue } = await startSqs();
    const QueueUrl = queue('q');
    const attributes = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, text]));
    await sqs.sendMessage({ QueueUrl, MessageBody: 'x', MessageAttributes: attributes(10) });
    const error = await errorOf(
      sqs.sendMessage({ QueueUrl, MessageBody: 'x', MessageAttributes: attributes(11) }),
    );
    expect(error).toMatchObject({ code: 'InvalidParameterValue', message: expect.stringContaining('[11]') });
  });

  test('fails with a system attribute other than AWSTraceHeader', async () => {
    const { sqs, queue } = await startSqs();
    const MessageSystemAttributes = { ['Other' as 'AWSTraceHeader']: text };
    const error = await errorOf(
      sqs.sendMessage({ QueueUrl: queue('q'), MessageBody: 'x', MessageSystemAttributes }),
    );
    expect(error.code).toBe('InvalidParameterValue');
  });
});

describe('trace headers (xray-services-sqs)', () => {
  const HEADER = 'Root=1-5e1b4151-5ac6c58f3b5d2c9f6f1f5b2a;Lineage=1:0a1b2c3d:4';

  test("a message has its request's X-Amzn-Trace-Id, and its own AWSTraceHeader comes before", async () => {
    const { sqs, queue, receive } = await startSqs();
    const QueueUrl = queue('q');
    sqs.middlewareStack.add(
      next => args => {
        Object.assign((args.request as { headers: object }).headers, { 'x-amzn-trace-id': HEADER });
        return next(args);
      },
      { step: 'build' },
    );
    await sqs.sendMessage({ QueueUrl, MessageBody: 'by header' });
    const AWSTraceHeader = { DataType: 'String', StringValue: 'Root=1-own' };
    await sqs.sendMessage({ QueueUrl, MessageBody: 'own', MessageSystemAttributes: { AWSTraceHeader } });
    const messages = await receive(QueueUrl);
    expect(messages.map(({ Attributes }) => Attributes?.AWSTraceHeader)).toEqual([HEADER, 'Root=1-own']);
  });
});
