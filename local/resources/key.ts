import { objectAt } from '../json-value.ts';
import { defaultKeyPolicy } from '../permissions/key-policies.ts';
import { parsePolicy } from '../permissions/policy.ts';
import { physicalName } from './physical-name.ts';
import { policyOwner } from './policy-document.ts';
import type { ResourceRequest, ResourceType } from './resource-type.ts';

const MAX_NAME_LENGTH = 64;

/**
 * Nothing is encrypted with it; who may use it is asked.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
 */
export const key: ResourceType = {
  properties: ['KeyPolicy'],
  withoutEffect: [
    'BypassPolicyLockoutSafetyCheck',
    'Description',
    'EnableKeyRotation',
    'Enabled',
    'KeySpec',
    'KeyUsage',
    'MultiRegion',
    'Origin',
    'PendingWindowInDays',
    'RotationPeriodInDays',
    'Tags',
  ],

  async create(request) {
    const { properties, cloud } = request;
    const id = physicalName(request, MAX_NAME_LENGTH);
    const arn = keyArn(request, id);
    const document = objectAt(properties, 'KeyPolicy');
    const policy = document
      ? parsePolicy(document, 'resource', policyOwner(request))
      : defaultKeyPolicy(cloud.location.accountId);
    cloud.permissions.addResourcePolicy(arn, policy);
    return { ref: id, attributes: { Arn: arn, KeyId: id } };
  },
};

/**
 * What is encrypted with a customer managed key is for those alone who may use the key, too. Keys that are named by an
 * alias are not asked: AWS's own allow whoever may use the service.
 *
 * @param key ARN or id; undefined where none is named
 */
export function encryptWith(request: ResourceRequest, resourceArn: string, key: string | undefined): void {
  if (key === undefined || /(^|:)alias\//.test(key)) return;
  request.cloud.permissions.encrypt(resourceArn, key.startsWith('arn:') ? key : keyArn(request, key));
}

function keyArn({ cloud }: ResourceRequest, id: string): string {
  const { region, accountId } = cloud.location;
  return `arn:aws:kms:${region}:${accountId}:key/${id}`;
}
