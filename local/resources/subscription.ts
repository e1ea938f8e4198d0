import { required, stringAt } from '../json-value.ts';
import type { ResourceType } from './resource-type.ts';

/**
 * Recorded, never delivered: a laptop sends no e-mail and no text message. Other protocols are refused by SNS.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html
 */
export const subscription: ResourceType = {
  properties: ['Endpoint', 'Protocol', 'TopicArn'],
  withoutEffect: ['Region'],

  async create({ properties, cloud }) {
    const arn = cloud.sns.subscribe(
      required(stringAt(properties, 'TopicArn'), 'TopicArn'),
      required(stringAt(properties, 'Protocol'), 'Protocol'),
      required(stringAt(properties, 'Endpoint'), 'Endpoint'),
    );
    return { ref: arn, attributes: { Arn: arn } };
  },
};
