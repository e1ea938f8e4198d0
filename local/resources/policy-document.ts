import { type JsonObject, objectAt, required } from '../json-value.ts';
import { type Policy, type PolicyKind, parsePolicy } from '../permissions/policy.ts';
import type { ResourceRequest } from './resource-type.ts';

/** @param holder has it as `PolicyDocument`: the properties, or an object in them. */
export function policyDocument(holder: JsonObject, kind: PolicyKind, request: ResourceRequest): Policy {
  return parsePolicy(
    required(objectAt(holder, 'PolicyDocument'), 'PolicyDocument'),
    kind,
    policyOwner(request),
  );
}

/** How messages call the policies of a resource. */
export function policyOwner({ stackName, logicalId }: ResourceRequest): string {
  return `${stackName}/${logicalId}`;
}
