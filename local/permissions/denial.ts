import { type AccessRequest, matches, type Policy, type PolicyKind, type Statement } from './policy.ts';
import { isUnknown, type Unknown } from './truth.ts';

export interface Policies extends Readonly<Record<PolicyKind, Policy>> {
  /** The most that the others can allow; undefined when nothing bounds them. */
  readonly boundary?: Policy | undefined;
  /** Policies of the role that the engine does not know, in words. */
  readonly missing: readonly string[];
}

type Source = PolicyKind | 'boundary';

/**
 * Why a request within one account is denied, in the words of AWS; undefined when it is allowed. Nothing is guessed:
 * where the answer depends on what the local engine cannot tell, the request is denied and the reason says so.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
export function denialOf(request: AccessRequest, policies: Policies): string | undefined {
  const deny = findStatement('Deny', request, policies, ['identity', 'resource', 'boundary']);
  if (deny?.truth === true) return `with an explicit deny in ${SOURCES[deny.source]}`;
  if (deny !== undefined) return cannotTell(deny.statement, deny.truth);
  const allow = findStatement('Allow', request, policies, ['identity', 'resource']);
  if (allow === undefined) return notAllowed(request, policies.missing);
  if (allow.truth !== true) return cannotTell(allow.statement, allow.truth);
  return policies.boundary && outOfBounds(request, policies);
}

/**
 * A resource's policy, too, allows a role no more than its boundary does. (It may allow a role's session by the session's
 * own name, which nobody writes into a template.)
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
function outOfBounds(request: AccessRequest, policies: Policies): string | undefined {
  const allow = findStatement('Allow', request, policies, ['boundary']);
  if (allow?.truth === true) return undefined;
  return allow === undefined
    ? `because no permissions boundary allows the ${request.action} action`
    : cannotTell(allow.statement, allow.truth);
}

interface Finding {
  readonly source: Source;
  readonly statement: Statement;
  readonly truth: true | Unknown;
}

/** The first statement that matches; without one, the first of which that cannot be told. */
function findStatement(
  effect: Statement['effect'],
  request: AccessRequest,
  policies: Policies,
  sources: readonly Source[],
): Finding | undefined {
  let uncertain: Finding | undefined;
  for (const source of sources) {
    for (const statement of policies[source] ?? []) {
      const truth = statement.effect === effect && matches(statement, request);
      if (truth === true) return { source, statement, truth };
      if (isUnknown(truth)) uncertain ??= { source, statement, truth };
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

const SOURCES: Readonly<Record<Source, string>> = {
  identity: 'an identity-based policy',
  resource: 'a resource-based policy',
  boundary: 'a permissions boundary',
};
