import { booleanAt, type JsonObject, objectAt, required, stringAt } from '../json-value.ts';
import { StartError } from '../start-error.ts';
import { functionOf } from './function-of.ts';
import type { ResourceType } from './resource-type.ts';

/**
 * Messages reach queues and functions; other subscriptions are recorded: a laptop sends no e-mail and no text message.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html
 */
export const subscription: ResourceType = {
  properties: ['Endpoint', 'Protocol', 'RawMessageDelivery', 'RedrivePolicy', 'TopicArn'],
  withoutEffect: ['Region'],

  async create({ properties, cloud }) {
    const protocol = required(stringAt(properties, 'Protocol'), 'Protocol');
    const endpoint = required(stringAt(properties, 'Endpoint'), 'Endpoint');
    if (protocol === 'lambda') functionOf(endpoint, cloud);
    if (protocol === 'sqs' && !cloud.sqs.queueByArn(endpoint)) {
      throw new StartError(`Endpoint ${endpoint} is no queue of these stacks`);
    }
    const topicArn = required(stringAt(properties, 'TopicArn'), 'TopicArn');
    const arn = cloud.sns.subscribe(topicArn, protocol, endpoint, attributesOf(properties));
    return { ref: arn, attributes: { Arn: arn } };
  },
};

function attributesOf(properties: JsonObject): Record<string, string> {
  const redrivePolicy = objectAt(properties, 'RedrivePolicy');
  return {
    RawMessageDelivery: String(booleanAt(properties, 'RawMessageDelivery') ?? false),
    ...(redrivePolicy && { RedrivePolicy: JSON.stringify(redrivePolicy) }),
  };
}
