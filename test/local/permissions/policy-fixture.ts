import { denialOf } from '../../../local/permissions/denial.ts';
import { type PolicyKind, parsePolicy } from '../../../local/permissions/policy.ts';
import { contextOfRole, contextOfService } from '../../../local/permissions/request-context.ts';

export const PLACE = { region: 'eu-west-1', accountId: '123456789012' };
export const ROLE = 'arn:aws:iam::123456789012:role/Worker';
export const SESSION = 'arn:aws:sts::123456789012:assumed-role/Worker/worker';
export const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:news';

export type Documents = Partial<Record<PolicyKind, readonly object[]>>;

/** Why the function `worker`, or SNS for the topic, may not do this; undefined when it may. */
export function denial(
  statements: Documents,
  { action = 'sqs:SendMessage', resource = 'arn:aws:sqs:eu-west-1:123456789012:jobs', as = 'function' } = {},
): string | undefined {
  const parsed = (kind: PolicyKind) =>
    parsePolicy({ Statement: statements[kind] ?? [] }, kind, 'Shop/Policy');
  const policies = { identity: parsed('identity'), resource: parsed('resource'), missing: [] };
  if (as === 'function') {
    const caller = { name: SESSION, principals: [SESSION, ROLE], accountId: PLACE.accountId };
    return denialOf({ caller, action, resource, context: contextOfRole(ROLE, PLACE) }, policies);
  }
  const caller = { name: as, principals: [as], accountId: undefined };
  return denialOf({ caller, action, resource, context: contextOfService(as, TOPIC, PLACE) }, policies);
}
