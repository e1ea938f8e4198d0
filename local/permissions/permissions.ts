import { functionNameOf } from '../lambda/environment-variables.ts';
import type { Place } from '../place.ts';
import { AccessDenied, type Authorize } from './access-denied.ts';
import type { ConditionContext } from './conditions.ts';
import { denialOf, type Policies } from './denial.ts';
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
  const roleArns = new Map<string, string>();
  const logGroups = new Map<string, string>();
  const logDenials = new Map<string, string | undefined>();
  const authorizers = new Map<string, Authorize>();

  function authorizer(
    caller: Caller,
    context: ConditionContext,
    { identity, missing }: Omit<Policies, 'resource'>,
  ): Authorize {
    return (action, resource, keys = {}) => {
      const holder = policyHolder(resource);
      const ofResource =
        roles.find(holder)?.trust ?? resourcePolicies.get(holder) ?? defaultPolicyOf(holder, place.accountId);
      const request = { caller, action, resource, context: new Map([...context, ...Object.entries(keys)]) };
      const reason = denialOf(request, { identity, missing, resource: ofResource });
      if (reason !== undefined) throw new AccessDenied({ caller: caller.name, action, resource, reason });
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

  /** What keeps the function from its log. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html#monitoring-cloudwatchlogs-prereqs */
  function denialOfLogging(functionName: string): string | undefined {
    const [logGroup, roleArn] = [logGroups.get(functionName), roleArns.get(functionName)];
    // What is not known of the role may allow it, and is reported as such.
    if (logGroup === undefined || roleArn === undefined || roles.gapsOf(roleArn).length > 0) return undefined;
    const stream = `arn:aws:logs:${place.region}:${place.accountId}:log-group:${logGroup}:log-stream:any`;
    try {
      for (const action of ['CreateLogStream', 'PutLogEvents'])
        authorizerOfFunction(functionName)?.(`logs:${action}`, stream);
    } catch (error) {
      if (error instanceof AccessDenied) return error.message;
      throw error;
    }
    return undefined;
  }

  function logDenial(functionName: string): string | undefined {
    if (!logDenials.has(functionName)) logDenials.set(functionName, denialOfLogging(functionName));
    return logDenials.get(functionName);
  }

  return {
    roles,
    addResourcePolicy(arn, policy) {
      resourcePolicies.set(arn, [...(resourcePolicies.get(arn) ?? []), ...policy]);
    },
    giveRole(functionName, roleArn, logGroup) {
      roleArns.set(functionName, roleArn);
      logGroups.set(functionName, logGroup);
    },
    mayLog: functionName => logDenial(functionName) === undefined,
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
            const denial = logDenial(name);
            const noLog =
              denial === undefined ? [] : [`its lines are dropped, as they are in AWS: ${denial}`];
            return [...roles.gapsOf(roleArn), ...noLog].map(gap => `permissions of ${name}: ${gap}`);
          })
        : [],
  };
}
