import type { Cloud } from '../cloud.ts';
import { StartError } from '../start-error.ts';

/** The function that a resource names, in any form that Lambda takes. */
export function functionOf(nameOrArn: string, { lambda }: Cloud) {
  const found = lambda.functionByName(nameOrArn);
  if (found === undefined) throw new StartError(`${nameOrArn} is no function of these stacks`);
  return found;
}
