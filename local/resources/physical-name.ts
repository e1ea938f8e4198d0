import { createHash } from 'node:crypto';
import type { ResourceRequest } from './resource-type.ts';

const HASH_LENGTH = 12;

/**
 * The name of a resource that the template does not name: stack, logical id and a hash, as CloudFormation's.
 * Unlike there it is the same at each start, so what was pasted into a shell yesterday still works.
 */
export function physicalName(
  { stackName, logicalId }: Pick<ResourceRequest, 'stackName' | 'logicalId'>,
  maxLength: number,
  suffix = '',
): string {
  const hash = createHash('sha256').update(`${stackName}/${logicalId}`).digest('hex').slice(0, HASH_LENGTH);
  const readable = `${stackName}-${logicalId}`.slice(0, maxLength - HASH_LENGTH - 1 - suffix.length);
  return `${readable}-${hash}${suffix}`;
}
