import type { Authorize } from '../permissions/access-denied.ts';
import type { Input } from './input.ts';
import type { StepFunctionsStore } from './store.ts';

/**
 * Starting and listing is asked of the state machine, all that concerns one execution of the execution, and a report
 * of the state machine whose task it is.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
 *
 * @throws AccessDenied
 */
export function authorizeRequest(
  authorize: Authorize,
  action: string,
  input: Input,
  { tokens }: StepFunctionsStore,
): void {
  const token = input.optionalText('taskToken');
  const task = token === undefined ? undefined : tokens.find(token);
  const ofToken = task === undefined || task === 'unknown' ? undefined : task.stateMachineArn;
  const resource =
    input.optionalText('stateMachineArn') ?? input.optionalText('executionArn') ?? ofToken ?? '*';
  authorize(`states:${action}`, resource);
}
