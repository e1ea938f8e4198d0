import { isJsonObject, type JsonObject } from '../json-value.ts';
import { StartError } from '../start-error.ts';
import { oneOrMore } from './one-or-more.ts';

/** Who asks: a function, in a session of its role, one of AWS's services, or anybody. */
export interface Caller {
  /** As in messages: `arn:aws:sts::000000000000:assumed-role/<role>/<function>`, `sns.amazonaws.com`. */
  readonly name: string;
  /** Whatever policies may call it: the ARNs of session and role; a service has the one name, anybody none. */
  readonly principals: readonly string[];
  /** Undefined for a service and for anybody. */
  readonly accountId: string | undefined;
}

/** Whom a statement of a resource's policy is about. */
export interface Principals {
  readonly everyone: boolean;
  /** Roles and sessions by ARN, accounts by id, services by their principal. Users of other kinds do not call here. */
  readonly named: readonly string[];
}

/** @throws StartError for what is no `Principal`. */
export function parsePrincipals(statement: JsonObject): Principals {
  const { Principal: principal } = statement;
  if (principal === '*') return { everyone: true, named: [] };
  if (!isJsonObject(principal)) {
    throw new StartError(`Principal must be "*" or an object, got ${JSON.stringify(principal)}`);
  }
  const named = [...(oneOrMore(principal, 'AWS') ?? []), ...(oneOrMore(principal, 'Service') ?? [])];
  return {
    everyone: named.includes('*'),
    named: named.map(name => /^arn:aws:iam::(\d{12}):root$/.exec(name)?.[1] ?? name),
  };
}

/**
 * An account among the principals of an Allow leaves it to that account's own policies to allow its roles; of a Deny,
 * it denies all of them. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function includesCaller(principals: Principals, caller: Caller, effect: 'Allow' | 'Deny'): boolean {
  const { everyone, named } = principals;
  return (
    everyone ||
    caller.principals.some(principal => named.includes(principal)) ||
    (effect === 'Deny' && caller.accountId !== undefined && named.includes(caller.accountId))
  );
}
