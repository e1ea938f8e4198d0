import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Location } from '../service.ts';
import { invalidParameter, SnsError } from './sns-error.ts';

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
}

export interface Message {
  readonly message: string;
  readonly subject?: string | undefined;
}

export interface Notification extends Message {
  readonly messageId: string;
  readonly topicArn: string;
  /** By the engine's clock, in milliseconds since the Unix epoch. */
  readonly publishedAtMs: number;
  /** Who would have received it. */
  readonly subscriptions: readonly Subscription[];
}

interface Topic {
  readonly arn: string;
  readonly attributes: Map<string, string>;
  readonly subscriptions: Map<string, Subscription>;
}

/** Message and attributes. https://docs.aws.amazon.com/general/latest/gr/sns.html */
const MAX_MESSAGE_BYTES = 256 * 1024;
/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MAX_SUBJECT_LENGTH = 100;

/** Their subscribers are outside of AWS: nothing runs locally that would miss the message. */
const RECORDED_PROTOCOLS = ['email', 'email-json', 'http', 'https', 'sms'];

export type Topics = ReturnType<typeof createTopics>;

/** All topics with their subscriptions. Nothing is delivered; every publish is shown to the listeners. */
export function createTopics({ clock, location }: { clock: Clock; location: Location }) {
  const topics = new Map<string, Topic>();
  const listeners = new Set<(notification: Notification) => void>();

  function topicAt(arn: string): Topic {
    const topic = topics.get(arn);
    if (!topic) throw new SnsError('NotFound', `Topic does not exist: ${arn}`, 404);
    return topic;
  }

  return {
    create(name: string, attributes: Readonly<Record<string, string>> = {}): string {
      requireValidName(name, attributes);
      const arn = `arn:aws:sns:${location.region}:${location.accountId}:${name}`;
      const topic = topics.get(arn) ?? { arn, attributes: new Map(), subscriptions: new Map() };
      for (const [key, value] of Object.entries(attributes)) topic.attributes.set(key, value);
      topics.set(arn, topic);
      return arn;
    },
    delete: (arn: string): void => void topics.delete(arn),
    list: (): string[] => [...topics.keys()],
    attributesOf(arn: string): Readonly<Record<string, string>> {
      const { attributes, subscriptions } = topicAt(arn);
      return {
        ...Object.fromEntries(attributes),
        TopicArn: arn,
        Owner: location.accountId,
        SubscriptionsConfirmed: String(subscriptions.size),
      };
    },
    subscribe(topicArn: string, protocol: string, endpoint: string): string {
      const { subscriptions } = topicAt(topicArn);
      requireRecorded(protocol, topicArn);
      if (!endpoint) throw invalidParameter('Endpoint is missing');
      const existing = [...subscriptions.values()].find(
        subscription => subscription.protocol === protocol && subscription.endpoint === endpoint,
      );
      const arn = existing?.arn ?? `${topicArn}:${randomUUID()}`;
      subscriptions.set(arn, { arn, topicArn, protocol, endpoint });
      return arn;
    },
    unsubscribe(arn: string): void {
      for (const { subscriptions } of topics.values()) subscriptions.delete(arn);
    },
    subscriptionsOf: (topicArn: string): Subscription[] => [...topicAt(topicArn).subscriptions.values()],
    publish(topicArn: string, { message, subject }: Message): string {
      const { subscriptions } = topicAt(topicArn);
      requireValidMessage(message, subject);
      const notification: Notification = {
        messageId: randomUUID(),
        topicArn,
        message,
        subject,
        publishedAtMs: clock.now(),
        subscriptions: [...subscriptions.values()],
      };
      for (const listener of listeners) listener(notification);
      return notification.messageId;
    },
    onPublish(listener: (notification: Notification) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function requireValidName(name: string, attributes: Readonly<Record<string, string>>): void {
  if (!/^[\w-]{1,256}$/.test(name)) {
    const allowed =
      '1 to 256 letters, digits, hyphens and underscores (FIFO topics are not supported locally)';
    throw invalidParameter(`Topic Name must be ${allowed}, got ${JSON.stringify(name)}`);
  }
  if (attributes.FifoTopic === 'true')
    throw invalidParameter('FIFO topics are not supported by the local engine');
}

function requireRecorded(protocol: string, topicArn: string): void {
  if (RECORDED_PROTOCOLS.includes(protocol)) return;
  const recorded = RECORDED_PROTOCOLS.join(', ');
  throw new SnsError(
    'SubscriptionProtocolNotSupported',
    `The local engine does not deliver from SNS to ${JSON.stringify(protocol)}, so ${topicArn} cannot have such a subscription; it records those of ${recorded}`,
  );
}

function requireValidMessage(message: string, subject: string | undefined): void {
  const bytes = Buffer.byteLength(message);
  if (bytes === 0) throw invalidParameter('Empty message');
  if (bytes > MAX_MESSAGE_BYTES) {
    throw invalidParameter(`Message must be at most ${MAX_MESSAGE_BYTES} bytes, got ${bytes}`);
  }
  if (subject !== undefined && (subject.length > MAX_SUBJECT_LENGTH || /[^\x20-\x7e]/.test(subject))) {
    throw invalidParameter(`Subject must be at most ${MAX_SUBJECT_LENGTH} printable ASCII characters`);
  }
}
