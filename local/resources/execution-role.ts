import type { Cloud } from '../cloud.ts';
import { AccessDenied } from '../permissions/access-denied.ts';
import { StartError } from '../start-error.ts';

/** Services as Lambda writes them in its refusals. */
const SERVICES: Readonly<Record<string, string>> = { sqs: 'SQS', sns: 'SNS', lambda: 'Lambda' };

/**
 * Lambda refuses an event source or a destination that the function's role does not allow it to use. To be called when
 * all policies are known, from a resource's `initialize`.
 *
 * @param actions by the service of the ARN.
 * @throws StartError in Lambda's words, naming the function.
 */
export function requireOfRole(
  { permissions }: Cloud,
  functionName: string,
  actions: readonly string[],
  resourceArn: string,
): void {
  const [, , service = ''] = resourceArn.split(':');
  const authorize = permissions.authorizerOfFunction(functionName);
  for (const action of actions) {
    try {
      authorize?.(`${service}:${action}`, resourceArn);
    } catch (error) {
      if (!(error instanceof AccessDenied)) throw error;
      const refusal = `The function execution role does not have permissions to call ${action} on ${SERVICES[service] ?? service}`;
      throw new StartError(`${refusal} (function ${functionName}): ${error.message}`, { cause: error });
    }
  }
}

const DESTINATION_ACTIONS: Readonly<Record<string, string>> = {
  sqs: 'SendMessage',
  sns: 'Publish',
  lambda: 'InvokeFunction',
};

/** @throws StartError as `requireOfRole`. */
export function requireDestination(cloud: Cloud, functionName: string, arn: string): void {
  const action = DESTINATION_ACTIONS[arn.split(':')[2] ?? ''];
  if (action !== undefined) requireOfRole(cloud, functionName, [action], arn);
}
