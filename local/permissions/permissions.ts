import { functionNameOf } from '../lambda/environment-variables.ts';
import type { Place } from '../place.ts';
import { AccessDenied, type Authorize } from './access-denied.ts';
import type { ConditionContext } from './conditions.ts';
import { denialOf, type Policies } from './denial.ts';
import { keyActionsOf } from './key-actions.ts';
import { authorizeKey } from './key-policies.ts';
import { createLogging } from './logging.ts';
import type { Policy } from './policy.ts';
import type { Caller } from './principals.ts';
import { contextOfAnybody, contextOfRole, contextOfService } from './request-context.ts';
import { defaultPolicyOf, policyHolder } from './resource-policies.ts';
import { createRolePolicies, type RolePolicies, roleNameOf } from './role-policies.ts';
import { roleSessionOf } from './role-session.ts';

/**
 * Who may do what in one engine. Functions and services need permission; everybody else (the developer's shell, tests,
 * the engine itself) is an administrator.
 */
export interface Permissions {
  readonly roles: Pick<RolePolicies, 'addRole' | 'attach' | 'addManagedPolicy'>;
  addResourcePolicy(resourceArn: string, policy: Policy): void;
  /** From now on whoever uses the resource must be allowed to use the key, too. */
  encrypt(resourceArn: string, keyArn: string): void;
  /** Also to a function that has a role already, whose log group is another from now on. */
  giveRole(functionName: string, roleArn: string, logGroup: string): void;
  /** Whether the function's lines reach its log group; in AWS they are dropped without a word where they do not. */
  mayLog(functionName: string): boolean;
  /** For a request that was signed with this key. Undefined for an administrator's, and where permissions are off. */
  authorizerOf(accessKeyId: string | undefined): Authorize | undefined;
  /** Undefined where permissions are off. */
  authorizerOfFunction(functionName: string): Authorize | undefined;
  /**
   * For a service that acts with a role it was given, as a state machine does. Undefined where permissions are off.
   *
   * @param sessionName what AWS's messages call it by.
   */
  authorizerOfRole(roleArn: string, sessionName: string): Authorize | undefined;
  /**
   * Undefined where permissions are off.
   *
   * @param service `sns.amazonaws.com`
   * @param sourceArn what it calls for.
   */
  authorizerOfService(service: string, sourceArn: string): Authorize | undefined;
  /** For a request that nobody has signed, as to a public function URL. Undefined where permissions are off. */
  authorizerOfAnybody(): Authorize | undefined;
  /**
   * Of a role that a service takes. Undefined where permissions are off.
   *
   * @param service `scheduler.amazonaws.com`
   * @param sourceArn what it calls for.
   * @throws AccessDenied when there is no such role, or it does not trust the service.
   */
  authorizerOfAssumedRole(roleArn: string, service: string, sourceArn: string): Authorize | undefined;
  /** What is not known of the functions' permissions, a sentence each. */
  warnings(): readonly string[];
}

/** @param enforced false: permissions are off, everybody may do everything. */
export function createPermissions(place: Place, enforced: boolean): Permissions {
  const roles = createRolePolicies();
  const resourcePolicies = new Map<string, Policy>();
  /** ARNs of keys, by that of what is encrypted with them. */
  const encryptionKeys = new Map<string, string>();
  const roleArns = new Map<string, string>();
  const authorizers = new Map<string, Authorize>();

  function authorizer(
    caller: Caller,
    context: ConditionContext,
    policies: Omit<Policies, 'resource'>,
  ): Authorize {
    return (action, resource, keys = {}, keyActions = keyActionsOf(action)) => {
      const holder = policyHolder(resource);
      const ofResource =
        roles.find(holder)?.trust ?? resourcePolicies.get(holder) ?? defaultPolicyOf(holder, place.accountId);
      const request = { caller, action, resource, context: new Map([...context, ...Object.entries(keys)]) };
      const reason = denialOf(request, { ...policies, resource: ofResource });
      if (reason !== undefined) throw new AccessDenied({ caller: caller.name, action, resource, reason });
      const arn = encryptionKeys.get(holder);
      if (arn === undefined) return;
      const key = { arn, policy: resourcePolicies.get(arn), accountId: place.accountId };
      for (const keyAction of keyActions) authorizeKey(request, keyAction, key, policies);
    };
  }

  function authorizerOfRole(roleArn: string, sessionName: string): Authorize | undefined {
    if (!enforced) return undefined;
    const { accountId } = place;
    const sessionArn = `arn:aws:sts::${accountId}:assumed-role/${roleNameOf(roleArn)}/${sessionName}`;
    const known = authorizers.get(sessionArn);
    if (known) return known;
    const caller = { name: sessionArn, principals: [sessionArn, roleArn], accountId };
    // Nobody asks before all resources exist, so the role has all its policies now.
    const made = authorizer(caller, contextOfRole(roleArn, place), roles.of(roleArn));
    authorizers.set(sessionArn, made);
    return made;
  }

  function authorizerOfFunction(functionName: string): Authorize | undefined {
    const roleArn = roleArns.get(functionName) ?? `arn:aws:iam::${place.accountId}:role/none`;
    return authorizerOfRole(roleArn, functionName);
  }

  function authorizerOfService(service: string, sourceArn: string): Authorize | undefined {
    if (!enforced) return undefined;
    const caller = { name: service, principals: [service], accountId: undefined };
    const context = contextOfService(service, sourceArn, place);
    return authorizer(caller, context, { identity: [], missing: [] });
  }

  const logging = createLogging({ place, gapsOf: roles.gapsOf, authorizerOfFunction });

  return {
    roles,
    addResourcePolicy(arn, policy) {
      resourcePolicies.set(arn, [...(resourcePolicies.get(arn) ?? []), ...policy]);
    },
    encrypt: (resourceArn, keyArn) => void encryptionKeys.set(resourceArn, keyArn),
    giveRole(functionName, roleArn, logGroup) {
      roleArns.set(functionName, roleArn);
      logging.set(functionName, { roleArn, logGroup });
    },
    mayLog: functionName => logging.denialOf(functionName) === undefined,
    authorizerOf(accessKeyId) {
      const role = roleSessionOf(accessKeyId ?? '');
      if (role) return authorizerOfRole(role.roleArn, role.sessionName);
      const functionName = functionNameOf(accessKeyId ?? '');
      return functionName === undefined ? undefined : authorizerOfFunction(functionName);
    },
    authorizerOfFunction,
    authorizerOfRole,
    authorizerOfService,
    authorizerOfAnybody() {
      if (!enforced) return undefined;
      const caller = { name: 'anonymous', principals: [], accountId: undefined };
      return authorizer(caller, contextOfAnybody(place), { identity: [], missing: [] });
    },
    authorizerOfAssumedRole(roleArn, service, sourceArn) {
      authorizerOfService(service, sourceArn)?.('sts:AssumeRole', roleArn);
      return authorizerOfRole(roleArn, service);
    },
    warnings: () =>
      enforced
        ? [...roleArns].flatMap(([name, roleArn]) => {
            const denial = logging.denialOf(name);
            const noLog =
              denial === undefined ? [] : [`its lines are dropped, as they are in AWS: ${denial}`];
            return [...roles.gapsOf(roleArn), ...noLog].map(gap => `permissions of ${name}: ${gap}`);
          })
        : [],
  };
}
