import type { Policies } from './denial.ts';
import { awsManagedPolicy } from './managed-policies.ts';
import type { Policy } from './policy.ts';

export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly managedPolicyArns: readonly string[];
  readonly permissionsBoundary: string | undefined;
  /** Who may take the role, as the policy of the role as a resource. */
  readonly trust: Policy;
}

export type RolePolicies = ReturnType<typeof createRolePolicies>;

/** Roles and what they are allowed. A policy may be created before its role or after it. */
export function createRolePolicies() {
  const roles = new Map<string, Role>();
  const attached = new Map<string, Policy>();
  const managedPolicies = new Map<string, Policy>();

  function of(roleArn: string): Omit<Policies, 'resource'> {
    const own = attached.get(roleNameOf(roleArn)) ?? [];
    const role = roles.get(roleArn);
    if (role === undefined) return { identity: own, missing: [`the role ${roleArn}`] };
    const missing: string[] = [];
    const managed = role.managedPolicyArns.flatMap(arn => {
      const policy = managedPolicy(arn);
      if (policy === undefined) missing.push(`the managed policy ${arn}`);
      return policy ?? [];
    });
    return { identity: [...own, ...managed], missing, boundary: managedPolicy(role.permissionsBoundary) };
  }

  function managedPolicy(arn: string | undefined): Policy | undefined {
    return arn === undefined ? undefined : (managedPolicies.get(arn) ?? awsManagedPolicy(arn));
  }

  return {
    of,
    find: (roleArn: string): Role | undefined => roles.get(roleArn),
    addRole: (role: Role): void => void roles.set(role.arn, role),
    /** @param roleName of any role, also one that is not in these stacks. */
    attach(roleName: string, policy: Policy): void {
      attached.set(roleName, [...(attached.get(roleName) ?? []), ...policy]);
    },
    addManagedPolicy: (arn: string, policy: Policy): void => void managedPolicies.set(arn, policy),
    /** What of the role's permissions is not looked at here, a clause each. */
    gapsOf(roleArn: string): string[] {
      const boundary = roles.get(roleArn)?.permissionsBoundary;
      return [
        ...of(roleArn).missing.map(
          policy => `${policy} is not known here: what no other policy allows is denied`,
        ),
        ...(boundary === undefined || managedPolicy(boundary)
          ? []
          : [`the permissions boundary ${boundary} is not known here: in AWS it may deny more`]),
      ];
    },
  };
}

/** The last part of its ARN, after its path. */
export function roleNameOf(roleArn: string): string {
  return roleArn.slice(roleArn.lastIndexOf('/') + 1);
}
