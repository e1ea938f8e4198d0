import { AccessDenied } from './access-denied.ts';
import { denialOf, type Policies } from './denial.ts';
import type { KeyAction } from './key-actions.ts';
import { type AccessRequest, type Policy, parsePolicy } from './policy.ts';

/** A call that is denied for the key of what it is about. */
export class KeyAccessDenied extends AccessDenied {}

/** What a key without a policy of its own has. https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
export function defaultKeyPolicy(accountId: string): Policy {
  const Principal = { AWS: `arn:aws:iam::${accountId}:root` };
  const statement = { Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' };
  return parsePolicy({ Statement: [statement] }, 'resource', 'the default policy of keys');
}

/**
 * A key is for its own policy to allow: a role's policies count where that leaves it to the account.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 *
 * @param asked for what the key is about to be used, by the caller that wants it
 * @param keyPolicy undefined of a key that is not in the app
 * @throws KeyAccessDenied
 */
export function authorizeKey(
  asked: AccessRequest,
  keyAction: KeyAction,
  key: { readonly arn: string; readonly policy: Policy | undefined; readonly accountId: string },
  policies: Omit<Policies, 'resource'>,
): void {
  const [service = ''] = asked.action.toLowerCase().split(':');
  const [, , , region] = key.arn.split(':');
  const request: AccessRequest = {
    caller: asked.caller,
    action: `kms:${keyAction}`,
    resource: key.arn,
    context: new Map([
      ...asked.context,
      ['kms:viaservice', `${service}.${region}.amazonaws.com`],
      ['kms:calleraccount', key.accountId],
    ]),
  };
  const isKnown = key.policy !== undefined;
  const ofKey = key.policy ?? [];
  const reason = denialOf(request, {
    ...policies,
    identity: !isKnown || isLeftToAccount(request, ofKey, key.accountId) ? policies.identity : [],
    missing: isKnown ? policies.missing : [...policies.missing, `the policy of the key ${key.arn}`],
    resource: ofKey,
  });
  const { caller, action, resource } = request;
  if (reason !== undefined) throw new KeyAccessDenied({ caller: caller.name, action, resource, reason });
}

function isLeftToAccount(request: AccessRequest, policy: Policy, accountId: string): boolean {
  const account = { name: accountId, principals: [accountId], accountId };
  const none = { identity: [], missing: [] };
  return denialOf({ ...request, caller: account }, { ...none, resource: policy }) === undefined;
}
