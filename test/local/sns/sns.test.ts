import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTopicsCommand,
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FrontDoor, openFrontDoor } from '../../../local/front-door/front-door.ts';
import { createSnsService, type SnsService } from '../../../local/sns/sns-service.ts';
import { createFakeClock } from '../fake-clock.ts';

const clock = createFakeClock();

let door: FrontDoor;
let sns: SnsService;
let client: SNSClient;
let TopicArn: string;

beforeEach(async () => {
  door = await openFrontDoor({ port: 0 });
  const location = { region: 'eu-west-1', accountId: '111122223333', endpoint: door.endpoint };
  sns = createSnsService({ clock, location });
  door.add(sns);
  client = new SNSClient({
    endpoint: door.endpoint,
    region: location.region,
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  TopicArn = sns.createTopic('alarms', { DisplayName: 'Ops & <co>' });
});
afterEach(async () => {
  client.destroy();
  await door.stop();
  await sns.stop();
});

// https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
describe('a topic', () => {
  it('has the same ARN however often it is created', async () => {
    expect(TopicArn).toBe('arn:aws:sns:eu-west-1:111122223333:alarms');
    expect(await client.send(new CreateTopicCommand({ Name: 'alarms' }))).toMatchObject({ TopicArn });
    expect((await client.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn }]);
  });

  it('keeps its attributes', async () => {
    const Attributes = { KmsMasterKeyId: 'alias/aws/sns' };
    await client.send(new CreateTopicCommand({ Name: 'alarms', Attributes }));
    const output = await client.send(new GetTopicAttributesCommand({ TopicArn }));
    expect(output.Attributes).toMatchObject({ TopicArn, DisplayName: 'Ops & <co>', ...Attributes });
  });

  it('takes no messages once deleted', async () => {
    await client.send(new DeleteTopicCommand({ TopicArn }));
    const publish = client.send(new PublishCommand({ TopicArn, Message: 'x' }));
    await expect(publish).rejects.toMatchObject({
      name: 'NotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it.each(['', 'a b', 'orders.fifo', 'x'.repeat(257)])('fails to be named %j', name => {
    expect(() => sns.createTopic(name)).toThrow('Invalid parameter: Topic Name');
  });
});

// https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
describe('a subscription', () => {
  it('of an address is recorded, once', async () => {
    const subscribe = new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'ops@example.com' });
    const { SubscriptionArn } = await client.send(subscribe);
    expect(await client.send(subscribe)).toMatchObject({ SubscriptionArn });
    const { Subscriptions } = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect(Subscriptions).toEqual([
      { SubscriptionArn, TopicArn, Protocol: 'email', Endpoint: 'ops@example.com' },
    ]);
    await client.send(new UnsubscribeCommand({ SubscriptionArn }));
    expect((await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions).toEqual([]);
  });

  it('of a protocol that is not delivered is refused by name', async () => {
    const subscribe = new SubscribeCommand({
      TopicArn,
      Protocol: 'firehose',
      Endpoint: 'arn:aws:firehose:x',
    });
    await expect(client.send(subscribe)).rejects.toMatchObject({
      name: 'SubscriptionProtocolNotSupported',
      message: expect.stringContaining('does not deliver from SNS to "firehose"'),
    });
  });

  it.each([
    ['a FIFO queue', { Protocol: 'sqs', Endpoint: 'arn:aws:sqs:x:1:q.fifo' }, 'FIFO queues'],
    ['a queue as a function', { Protocol: 'lambda', Endpoint: 'arn:aws:sqs:x:1:q' }, 'must be an ARN'],
    [
      'a filter policy',
      { Protocol: 'sqs', Endpoint: 'arn:aws:sqs:x:1:q', Attributes: { FilterPolicy: '{}' } },
      'FilterPolicy is not supported by the local engine',
    ],
    [
      'a redrive policy without a queue',
      {
        Protocol: 'sqs',
        Endpoint: 'arn:aws:sqs:x:1:q',
        Attributes: { RedrivePolicy: '{"maxReceiveCount":1}' },
      },
      'RedrivePolicy must be',
    ],
  ])('of %s is refused', async (_what, input, message) => {
    const subscribe = client.send(new SubscribeCommand({ TopicArn, ...input }));
    await expect(subscribe).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining(message),
    });
  });

  it('keeps its attributes, and takes changes of them', async () => {
    const Endpoint = 'arn:aws:sqs:eu-west-1:111122223333:q';
    const { SubscriptionArn } = await client.send(
      new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }),
    );
    const attributes = async () =>
      (await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))).Attributes;
    expect(await attributes()).toMatchObject({
      TopicArn,
      Protocol: 'sqs',
      Endpoint,
      RawMessageDelivery: 'false',
    });
    const change = { AttributeName: 'RawMessageDelivery', AttributeValue: 'true' };
    await client.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, ...change }));
    expect(await attributes()).toMatchObject({ RawMessageDelivery: 'true' });
  });
});

// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
describe('a message', () => {
  it('is shown to listeners with who would have received it, until they end', async () => {
    // GIVEN a topic with a subscription, and a listener
    const shown: unknown[] = [];
    sns.subscribe(TopicArn, 'email', 'ops@example.com');
    const end = sns.onPublish(notification => shown.push(notification));
    // WHEN a client and the engine publish
    const { MessageId } = await client.send(
      new PublishCommand({ TopicArn, Subject: 'ALARM', Message: 'a & é' }),
    );
    const messageId = sns.publish(TopicArn, { message: 'from within' });
    end();
    sns.publish(TopicArn, { message: 'unheard' });
    // THEN the listener was shown both
    const subscriptions = [expect.objectContaining({ protocol: 'email', endpoint: 'ops@example.com' })];
    const common = { topicArn: TopicArn, publishedAtMs: clock.now(), subscriptions };
    expect(shown).toEqual([
      { ...common, messageId: MessageId, subject: 'ALARM', message: 'a & é' },
      { ...common, messageId, subject: undefined, message: 'from within' },
    ]);
  });

  it.each([
    ['is empty', { Message: '' }],
    ['is longer than 256 KiB in UTF-8', { Message: 'é'.repeat(128 * 1024 + 1) }],
    ['has a subject of more than 100 characters', { Message: 'x', Subject: 'x'.repeat(101) }],
    ['goes to a phone', { Message: 'x', TopicArn: undefined, PhoneNumber: '+4912345' }],
  ])('fails when it %s', async (_what, input) => {
    const publish = client.send(new PublishCommand({ TopicArn, ...input }));
    await expect(publish).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

it('an action that is not supported is refused by name', async () => {
  const PublishBatchRequestEntries = [{ Id: '1', Message: 'x' }];
  const publish = client.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
  await expect(publish).rejects.toMatchObject({
    name: 'InvalidAction',
    message: 'PublishBatch is not supported by the local engine',
  });
});
