import { isJsonObject, objectAt, objectsAt, stringAt, stringsAt } from '../json-value.ts';
import { type Policy, parsePolicy } from '../permissions/policy.ts';
import { physicalName } from './physical-name.ts';
import { policyDocument, policyOwner } from './policy-document.ts';
import type { ResourceRequest, ResourceType } from './resource-type.ts';

const MAX_NAME_LENGTH = 64;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html */
export const role: ResourceType = {
  properties: [
    'AssumeRolePolicyDocument',
    'ManagedPolicyArns',
    'Path',
    'PermissionsBoundary',
    'Policies',
    'RoleName',
  ],
  withoutEffect: ['Description', 'MaxSessionDuration', 'Tags'],

  async create(request) {
    const { properties, cloud } = request;
    const { accountId } = cloud.location;
    const name = stringAt(properties, 'RoleName') ?? physicalName(request, MAX_NAME_LENGTH);
    const arn = `arn:aws:iam::${accountId}:role${stringAt(properties, 'Path') ?? '/'}${name}`;
    cloud.permissions.roles.addRole({
      name,
      arn,
      managedPolicyArns: stringsAt(properties, 'ManagedPolicyArns') ?? [],
      permissionsBoundary: stringAt(properties, 'PermissionsBoundary'),
      trust: trustPolicy(arn, request),
    });
    for (const inline of objectsAt(properties, 'Policies') ?? []) {
      cloud.permissions.roles.attach(name, policyDocument(inline, 'identity', request));
    }
    return { ref: name, attributes: { Arn: arn, RoleId: name } };
  },
};

/** Asked when a service takes the role; a function's is not: it has no other. Its statements name no resource. */
function trustPolicy(arn: string, request: ResourceRequest): Policy {
  const document = objectAt(request.properties, 'AssumeRolePolicyDocument') ?? { Statement: [] };
  const { Statement: statements } = document;
  const list: readonly unknown[] = Array.isArray(statements) ? statements : [statements];
  const named = list.map(statement =>
    isJsonObject(statement) ? { ...statement, Resource: arn } : statement,
  );
  return parsePolicy({ Statement: named }, 'resource', `the trust policy of ${policyOwner(request)}`);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html */
export const rolePolicy: ResourceType = {
  properties: ['PolicyDocument', 'Roles'],
  withoutEffect: ['Groups', 'PolicyName', 'Users'],

  async create(request) {
    const { properties, cloud } = request;
    const policy = policyDocument(properties, 'identity', request);
    for (const roleName of stringsAt(properties, 'Roles') ?? [])
      cloud.permissions.roles.attach(roleName, policy);
    const name = physicalName(request, MAX_NAME_LENGTH);
    return { ref: name, attributes: { Id: name } };
  },
};

const MAX_POLICY_NAME_LENGTH = 128;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html */
export const managedPolicy: ResourceType = {
  properties: ['ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles'],
  withoutEffect: ['Description', 'Groups', 'Users'],

  async create(request) {
    const { properties, cloud } = request;
    const { accountId } = cloud.location;
    const name = stringAt(properties, 'ManagedPolicyName') ?? physicalName(request, MAX_POLICY_NAME_LENGTH);
    const arn = `arn:aws:iam::${accountId}:policy${stringAt(properties, 'Path') ?? '/'}${name}`;
    const policy = policyDocument(properties, 'identity', request);
    cloud.permissions.roles.addManagedPolicy(arn, policy);
    for (const roleName of stringsAt(properties, 'Roles') ?? [])
      cloud.permissions.roles.attach(roleName, policy);
    return { ref: arn, attributes: { PolicyArn: arn } };
  },
};
