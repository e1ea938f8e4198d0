import { type AccessRequest, matches, type Policy, type PolicyKind, type Statement } from './policy.ts';
import { isUnknown, type Unknown } from './truth.ts';

export interface Policies extends Readonly<Record<PolicyKind, Policy>> {
  /** Policies of the role that the engine does not know, in words. */
  readonly missing: readonly string[];
}

/**
 * Why a request within one account is denied, in the words of AWS; undefined when it is allowed. Nothing is guessed:
 * where the answer depends on what the local engine cannot tell, the request is denied and the reason says so.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
export function denialOf(request: AccessRequest, policies: Policies): string | undefined {
  const deny = findStatement('Deny', request, policies);
  if (deny?.truth === true) return `with an explicit deny in ${article(deny.kind)} policy`;
  if (deny !== undefined) return cannotTell(deny.statement, deny.truth);
  const allow = findStatement('Allow', request, policies);
  if (allow?.truth === true) return undefined;
  return allow === undefined
    ? notAllowed(request, policies.missing)
    : cannotTell(allow.statement, allow.truth);
}

interface Finding {
  readonly kind: PolicyKind;
  readonly statement: Statement;
  readonly truth: true | Unknown;
}

/** The first statement that matches; without one, the first of which that cannot be told. */
function findStatement(
  effect: Statement['effect'],
  request: AccessRequest,
  policies: Policies,
): Finding | undefined {
  let uncertain: Finding | undefined;
  for (const kind of ['identity', 'resource'] as const) {
    for (const statement of policies[kind]) {
      const truth = statement.effect === effect && matches(statement, request);
      if (truth === true) return { kind, statement, truth };
      if (isUnknown(truth)) uncertain ??= { kind, statement, truth };
    }
  }
  return uncertain;
}

const WAY_OUT = 'to run without this check, turn permissions off';

function cannotTell({ effect, name }: Statement, { unknown }: Unknown): string {
  return `because the local engine cannot tell ${unknown}, on which the ${effect} of ${name} depends; ${WAY_OUT}`;
}

/** A service has no policies of its own: it is for the resource to allow it. */
function notAllowed({ action, caller }: AccessRequest, missing: readonly string[]): string {
  const kind = caller.accountId === undefined ? 'resource-based' : 'identity-based';
  if (missing.length === 0) return `because no ${kind} policy allows the ${action} action`;
  return `because no policy that the local engine knows allows the ${action} action, and it does not know ${missing.join(' and ')}; ${WAY_OUT}`;
}

function article(kind: PolicyKind): string {
  return kind === 'identity' ? 'an identity-based' : 'a resource-based';
}
