import { AccessDenied } from '../permissions/access-denied.ts';
import type { ScheduleDefinition } from './schedule-definition.ts';
import { SchedulerError } from './scheduler-error.ts';
import type { SchedulerStore } from './scheduler-store.ts';
import type { SchedulerRequest } from './verb.ts';

/**
 * The caller must be allowed to hand the role over, and Scheduler to take it.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/security_iam_service-with-iam.html
 *
 * @throws AccessDenied for the caller's lack of permission, SchedulerError for the role's lack of trust
 */
export function requireRole(
  { groupName, target: { roleArn } }: ScheduleDefinition,
  { schedules }: SchedulerStore,
  { authorize, targets }: Pick<SchedulerRequest, 'authorize' | 'targets'>,
): void {
  authorize?.('iam:PassRole', roleArn, { 'iam:passedtoservice': 'scheduler.amazonaws.com' });
  try {
    targets.assume(roleArn, schedules.groupArnOf(groupName));
  } catch (error) {
    if (!(error instanceof AccessDenied)) throw error;
    const message = 'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.';
    throw new SchedulerError('ValidationException', `${message} (${error.message})`);
  }
}
