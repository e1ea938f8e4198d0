import { type JsonObject, required, stringAt } from '../json-value.ts';
import { parsePolicy } from '../permissions/policy.ts';
import { functionOf } from './function-of.ts';
import { physicalName } from './physical-name.ts';
import { policyOwner } from './policy-document.ts';
import type { ResourceType } from './resource-type.ts';

/** Each property that is a condition of the statement. */
const CONDITIONS: Readonly<Record<string, readonly [operator: string, key: string]>> = {
  EventSourceToken: ['StringEquals', 'lambda:EventSourceToken'],
  FunctionUrlAuthType: ['StringEquals', 'lambda:FunctionUrlAuthType'],
  InvokedViaFunctionUrl: ['Bool', 'lambda:InvokedViaFunctionUrl'],
  PrincipalOrgID: ['StringEquals', 'aws:PrincipalOrgID'],
  SourceAccount: ['StringEquals', 'aws:SourceAccount'],
  SourceArn: ['ArnLike', 'aws:SourceArn'],
};

/**
 * A statement of the function's policy.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html
 */
export const functionPermission: ResourceType = {
  properties: ['Action', 'FunctionName', 'Principal', ...Object.keys(CONDITIONS)],
  withoutEffect: [],

  async create(request) {
    const { properties, cloud } = request;
    const { arn } = functionOf(required(stringAt(properties, 'FunctionName'), 'FunctionName'), cloud);
    const statement = {
      Effect: 'Allow',
      Action: required(stringAt(properties, 'Action'), 'Action'),
      Principal: principalOf(required(stringAt(properties, 'Principal'), 'Principal')),
      Resource: [arn, `${arn}:*`],
      Condition: conditionsOf(properties),
    };
    const policy = parsePolicy({ Statement: [statement] }, 'resource', policyOwner(request));
    cloud.permissions.addResourcePolicy(arn, policy);
    const id = physicalName(request, 64);
    return { ref: id, attributes: { Id: id } };
  },
};

function principalOf(principal: string): JsonObject | '*' {
  if (principal === '*') return '*';
  return principal.endsWith('.amazonaws.com') ? { Service: principal } : { AWS: principal };
}

function conditionsOf(properties: JsonObject): JsonObject {
  const block: Record<string, Record<string, string>> = {};
  for (const [property, [operator, key]] of Object.entries(CONDITIONS)) {
    const value = stringAt(properties, property);
    if (value !== undefined) block[operator] = { ...block[operator], [key]: value };
  }
  return block;
}
