/** A role as a service of the engine acts with it. */
export interface RoleSession {
  readonly roleArn: string;
  readonly sessionName: string;
}

const PREFIX = 'role.';

/** The access key that a service signs with which acts with a role; `roleSessionOf` leads back from it. */
export function accessKeyIdOfRole({ roleArn, sessionName }: RoleSession): string {
  return PREFIX + Buffer.from(`${sessionName} ${roleArn}`).toString('base64url');
}

/** Undefined when the key is not a role's. */
export function roleSessionOf(accessKeyId: string): RoleSession | undefined {
  if (!accessKeyId.startsWith(PREFIX)) return undefined;
  const [sessionName = '', roleArn = ''] = Buffer.from(accessKeyId.slice(PREFIX.length), 'base64url')
    .toString()
    .split(' ');
  return { roleArn, sessionName };
}
