import type { Cloud } from '../cloud.ts';
import { required, stringAt, stringsAt } from '../json-value.ts';
import { StartError } from '../start-error.ts';
import { physicalName } from './physical-name.ts';
import { policyDocument } from './policy-document.ts';
import type { ResourceRequest, ResourceType } from './resource-type.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queuepolicy.html */
export const queuePolicy = resourcePolicy('Queues', ({ properties, cloud }) =>
  required(stringsAt(properties, 'Queues'), 'Queues').map(url => queueArn(url, cloud)),
);

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topicpolicy.html */
export const topicPolicy = resourcePolicy('Topics', ({ properties }) =>
  required(stringsAt(properties, 'Topics'), 'Topics'),
);

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucketpolicy.html */
export const bucketPolicy = resourcePolicy('Bucket', ({ properties }) => [
  `arn:aws:s3:::${required(stringAt(properties, 'Bucket'), 'Bucket')}`,
]);

/** @param arnsOf the resources that the policy is attached to. */
function resourcePolicy(
  property: string,
  arnsOf: (request: ResourceRequest) => readonly string[],
): ResourceType {
  return {
    properties: ['PolicyDocument', property],
    withoutEffect: [],

    async create(request) {
      const policy = policyDocument(request.properties, 'resource', request);
      for (const arn of arnsOf(request)) request.cloud.permissions.addResourcePolicy(arn, policy);
      const id = physicalName(request, 64);
      return { ref: id, attributes: { Id: id } };
    },
  };
}

function queueArn(url: string, { sqs }: Cloud): string {
  const queue = sqs.queueByUrl(url);
  if (queue === undefined) throw new StartError(`${url} is no queue of these stacks`);
  return queue.arn;
}
