import { deadLetterTargetOf } from './topic-rules.ts';
import type { Notification, Subscription } from './topics.ts';

/** How SNS reaches the services that it delivers to. Each throws when it does not take the message. */
export interface Targets {
  /** @param message the parameters of SQS's SendMessage, but for the queue. */
  toQueue(queueArn: string, message: Readonly<Record<string, unknown>>, origin: Origin): void;
  toFunction(functionArn: string, event: object, origin: Origin): void;
}

type Origin = Pick<Notification, 'topicArn' | 'traceHeader'>;

/**
 * Delivers a message to one subscription. What its target does not take goes to the subscription's dead-letter queue,
 * without the retries that AWS makes before, since nothing locally is out of order for a while.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
 */
export function deliver(notification: Notification, subscription: Subscription, targets: Targets): void {
  const { protocol, endpoint, attributes } = subscription;
  if (protocol !== 'sqs' && protocol !== 'lambda') return;
  try {
    if (protocol === 'sqs') targets.toQueue(endpoint, queueMessage(notification, subscription), notification);
    else targets.toFunction(endpoint, functionEvent(notification, subscription), notification);
  } catch (error) {
    try {
      const deadLetterQueueArn = deadLetterTargetOf(attributes.RedrivePolicy);
      if (deadLetterQueueArn === undefined) throw error;
      targets.toQueue(deadLetterQueueArn, queueMessage(notification, subscription), notification);
    } catch (lost) {
      process.emitWarning(`SNS did not deliver from ${notification.topicArn} to ${endpoint}: ${lost}`);
    }
  }
}

/**
 * Raw, it is the message and its attributes; else a JSON document with both in it.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
 */
function queueMessage(notification: Notification, subscription: Subscription): Record<string, unknown> {
  const { attributes = {}, groupId } = notification;
  const group = groupId === undefined ? {} : { MessageGroupId: groupId };
  if (subscription.attributes.RawMessageDelivery === 'true') {
    const MessageAttributes = mapValues(attributes, ({ type, value }) => ({
      DataType: type,
      [type.startsWith('Binary') ? 'BinaryValue' : 'StringValue']: value,
    }));
    return { MessageBody: messageFor(notification, 'sqs'), MessageAttributes, ...group };
  }
  const { subject } = notification;
  const envelope = {
    ...headOf(notification),
    ...(subject !== undefined && { Subject: subject }),
    Message: messageFor(notification, 'sqs'),
    ...tailOf(notification),
    ...SIGNATURE,
    SigningCertURL: CERTIFICATE_URL,
    UnsubscribeURL: unsubscribeUrl(subscription),
    ...(Object.keys(attributes).length > 0 && { MessageAttributes: attributesOf(notification) }),
  };
  return { MessageBody: JSON.stringify(envelope), ...group };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
function functionEvent(notification: Notification, subscription: Subscription): object {
  const record = {
    EventSource: 'aws:sns',
    EventVersion: '1.0',
    EventSubscriptionArn: subscription.arn,
    Sns: {
      ...headOf(notification),
      Subject: notification.subject ?? null,
      Message: messageFor(notification, 'lambda'),
      ...tailOf(notification),
      ...SIGNATURE,
      SigningCertUrl: CERTIFICATE_URL,
      UnsubscribeUrl: unsubscribeUrl(subscription),
      MessageAttributes: attributesOf(notification),
    },
  };
  return { Records: [record] };
}

/** Nothing is signed locally: whoever verifies signatures must not do so here. */
const SIGNATURE = { SignatureVersion: '1', Signature: 'bm90IHNpZ25lZA==' };
const CERTIFICATE_URL = 'https://sns.invalid/not-signed.pem';

const headOf = ({ messageId, topicArn }: Notification) => ({
  Type: 'Notification',
  MessageId: messageId,
  TopicArn: topicArn,
});

const tailOf = ({ publishedAtMs }: Notification) => ({ Timestamp: new Date(publishedAtMs).toISOString() });

const unsubscribeUrl = ({ arn }: Subscription) =>
  `https://sns.invalid/?Action=Unsubscribe&SubscriptionArn=${arn}`;

const attributesOf = ({ attributes = {} }: Notification) =>
  mapValues(attributes, ({ type, value }) => ({ Type: type, Value: value }));

/** `MessageStructure: json` has a text for each protocol, or the default. */
function messageFor({ message, messageByProtocol }: Notification, protocol: string): string {
  return messageByProtocol?.[protocol] ?? messageByProtocol?.default ?? message;
}

function mapValues<V, W>(record: Readonly<Record<string, V>>, map: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
