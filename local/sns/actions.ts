import { element, list } from '../front-door/xml.ts';
import { readMessage } from './read-message.ts';
import { invalidParameter, SnsError } from './sns-error.ts';
import type { Subscription, Topics } from './topics.ts';

/** One call of the query protocol: its form's fields in, the XML inside `<…Result>` out. */
type Action = (topics: Topics, fields: URLSearchParams, traceHeader: string | undefined) => string;

/** All others of the API are refused by name. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  CreateTopic: (topics, fields) =>
    element('TopicArn', topics.create(required(fields, 'Name'), entriesOf(fields, 'Attributes'))),
  DeleteTopic(topics, fields) {
    topics.delete(required(fields, 'TopicArn'));
    return '';
  },
  ListTopics: topics => list('Topics', topics.list(), arn => element('TopicArn', arn)),
  GetTopicAttributes: (topics, fields) => attributesXml(topics.attributesOf(required(fields, 'TopicArn'))),
  GetSubscriptionAttributes(topics, fields) {
    const subscription = topics.subscription(required(fields, 'SubscriptionArn'));
    return attributesXml({
      RawMessageDelivery: 'false',
      ...subscription.attributes,
      SubscriptionArn: subscription.arn,
      TopicArn: subscription.topicArn,
      Protocol: subscription.protocol,
      Endpoint: subscription.endpoint,
      PendingConfirmation: 'false',
    });
  },
  SetSubscriptionAttributes(topics, fields) {
    const name = required(fields, 'AttributeName');
    topics.setSubscriptionAttribute(
      required(fields, 'SubscriptionArn'),
      name,
      fields.get('AttributeValue') ?? '',
    );
    return '';
  },
  /** AWS waits for the owner of an address to confirm; locally every subscription counts at once. */
  Subscribe: (topics, fields) =>
    element(
      'SubscriptionArn',
      topics.subscribe(
        required(fields, 'TopicArn'),
        required(fields, 'Protocol'),
        fields.get('Endpoint') ?? '',
        entriesOf(fields, 'Attributes'),
      ),
    ),
  Unsubscribe(topics, fields) {
    topics.unsubscribe(required(fields, 'SubscriptionArn'));
    return '';
  },
  ListSubscriptionsByTopic: (topics, fields) =>
    list('Subscriptions', topics.subscriptionsOf(required(fields, 'TopicArn')), subscriptionXml),
  Publish(topics, fields, traceHeader) {
    const topicArn = fields.get('TopicArn') ?? fields.get('TargetArn');
    if (!topicArn)
      throw invalidParameter('TopicArn is missing (phone numbers are not supported by the local engine)');
    const message = { ...readMessage(fields), traceHeader };
    return element('MessageId', topics.publish(topicArn, message));
  },
};

/** @throws {SnsError} as SNS would, and for an action that is not supported, by name */
export function perform(topics: Topics, fields: URLSearchParams, traceHeader: string | undefined): string {
  const name = fields.get('Action') ?? '';
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (!action)
    throw new SnsError('InvalidAction', `${name || 'No action'} is not supported by the local engine`);
  const result = action(topics, fields, traceHeader);
  return `<${name}Response><${name}Result>${result}</${name}Result></${name}Response>`;
}

function required(fields: URLSearchParams, name: string): string {
  const value = fields.get(name);
  if (!value) throw invalidParameter(`${name} is missing`);
  return value;
}

/** `Attributes.entry.1.key=DisplayName&Attributes.entry.1.value=Ops` */
function entriesOf(fields: URLSearchParams, name: string): Record<string, string> {
  const entries: Record<string, string> = {};
  for (let index = 1; ; index++) {
    const key = fields.get(`${name}.entry.${index}.key`);
    if (key === null) return entries;
    entries[key] = fields.get(`${name}.entry.${index}.value`) ?? '';
  }
}

function attributesXml(attributes: Readonly<Record<string, string>>): string {
  const entries = Object.entries(attributes).map(
    ([key, value]) => `<entry>${element('key', key)}${element('value', value)}</entry>`,
  );
  return `<Attributes>${entries.join('')}</Attributes>`;
}

function subscriptionXml({ arn, topicArn, protocol, endpoint }: Subscription): string {
  return (
    element('SubscriptionArn', arn) +
    element('TopicArn', topicArn) +
    element('Protocol', protocol) +
    element('Endpoint', endpoint)
  );
}
