import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Location } from '../service.ts';
import { deliver, type Targets } from './delivery.ts';
import { SnsError } from './sns-error.ts';
import {
  requireEndpoint,
  requireProtocol,
  requireSubscriptionAttributes,
  requireValidMessage,
  requireValidName,
} from './topic-rules.ts';

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** `RawMessageDelivery`, `RedrivePolicy`. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Message {
  readonly message: string;
  /** `MessageStructure: json`: a text by protocol, and a default. */
  readonly messageByProtocol?: Readonly<Record<string, string>> | undefined;
  readonly subject?: string | undefined;
  /** Binary values are in base64. */
  readonly attributes?:
    | Readonly<Record<string, { readonly type: string; readonly value: string }>>
    | undefined;
  /** For fair queues behind the topic. */
  readonly groupId?: string | undefined;
  /** `X-Amzn-Trace-Id` of the publisher. */
  readonly traceHeader?: string | undefined;
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

export type Topics = ReturnType<typeof createTopics>;

/**
 * All topics with their subscriptions. A publish is delivered to queues and functions, and shown to the listeners.
 *
 * @param targets without them there is nothing to deliver to, and such subscriptions are only recorded.
 */
export function createTopics({
  clock,
  location,
  targets,
}: {
  clock: Clock;
  location: Location;
  targets?: Targets;
}) {
  const topics = new Map<string, Topic>();
  const listeners = new Set<(notification: Notification) => void>();

  function topicAt(arn: string): Topic {
    const topic = topics.get(arn);
    if (!topic) throw new SnsError('NotFound', `Topic does not exist: ${arn}`, 404);
    return topic;
  }

  function subscriptionAt(arn: string): Subscription {
    const topic = [...topics.values()].find(({ subscriptions }) => subscriptions.has(arn));
    const subscription = topic?.subscriptions.get(arn);
    if (!subscription) throw new SnsError('NotFound', `Subscription does not exist: ${arn}`, 404);
    return subscription;
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
    subscribe(
      topicArn: string,
      protocol: string,
      endpoint: string,
      attributes: Readonly<Record<string, string>> = {},
    ): string {
      const { subscriptions } = topicAt(topicArn);
      requireProtocol(protocol, topicArn);
      requireEndpoint(protocol, endpoint);
      requireSubscriptionAttributes(attributes);
      const existing = [...subscriptions.values()].find(
        subscription => subscription.protocol === protocol && subscription.endpoint === endpoint,
      );
      const arn = existing?.arn ?? `${topicArn}:${randomUUID()}`;
      subscriptions.set(arn, { arn, topicArn, protocol, endpoint, attributes });
      return arn;
    },
    subscription: subscriptionAt,
    setSubscriptionAttribute(arn: string, name: string, value: string): void {
      const subscription = subscriptionAt(arn);
      requireSubscriptionAttributes({ [name]: value });
      const attributes = { ...subscription.attributes, [name]: value };
      topicAt(subscription.topicArn).subscriptions.set(arn, { ...subscription, attributes });
    },
    unsubscribe(arn: string): void {
      for (const { subscriptions } of topics.values()) subscriptions.delete(arn);
    },
    subscriptionsOf: (topicArn: string): Subscription[] => [...topicAt(topicArn).subscriptions.values()],
    publish(topicArn: string, message: Message): string {
      const { subscriptions } = topicAt(topicArn);
      requireValidMessage(message);
      const notification: Notification = {
        messageId: randomUUID(),
        topicArn,
        ...message,
        publishedAtMs: clock.now(),
        subscriptions: [...subscriptions.values()],
      };
      for (const subscription of notification.subscriptions) {
        if (targets) deliver(notification, subscription, targets);
      }
      for (const listener of listeners) listener(notification);
      return notification.messageId;
    },
    onPublish(listener: (notification: Notification) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
