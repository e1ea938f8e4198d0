import type { GivenUp } from '../delivery/deliveries.ts';
import type { Failure } from '../delivery/failure.ts';
import { textAttributes } from '../delivery/text-attributes.ts';
import type { JsonObject } from '../json-value.ts';
import type { Authorize } from '../permissions/access-denied.ts';
import type { Event } from './event.ts';
import type { RuleTarget } from './rule-target.ts';
import { inputOf } from './target-input.ts';

/** An event on its way to a target of a rule. */
export interface RuleDelivery {
  readonly ruleArn: string;
  readonly target: RuleTarget;
  readonly event: Event;
  readonly ingestedAt: string;
}

/** How EventBridge reaches other services. */
export interface EventTargets {
  /**
   * As the role of the target, or as EventBridge itself, which the target's own policy must allow.
   *
   * @returns undefined where permissions are off
   * @throws AccessDenied when EventBridge may not take the role.
   */
  authorizer(ruleArn: string, roleArn: string | undefined): Authorize | undefined;
  /** @param message the parameters of SendMessage but for the queue. @throws what the queue does not take */
  toQueue(arn: string, message: JsonObject): void;
  /** Returns when the event is accepted. @throws MissingTarget */
  toFunction(arn: string, event: unknown): void;
  /** Returns when an execution is started. @throws MissingTarget */
  toStateMachine(arn: string, inputJson: string): void;
}

/** @throws when the target does not take it */
export function deliver(delivery: RuleDelivery, targets: EventTargets): void {
  const { ruleArn, target } = delivery;
  const authorize = targets.authorizer(ruleArn, target.roleArn);
  const input = inputOf(target, delivery);
  if (target.kind === 'function') {
    authorize?.('lambda:InvokeFunction', target.arn);
    targets.toFunction(target.arn, JSON.parse(input));
    return;
  }
  if (target.kind === 'stateMachine') {
    authorize?.('states:StartExecution', target.arn);
    targets.toStateMachine(target.arn, input);
    return;
  }
  authorize?.('sqs:SendMessage', target.arn);
  const group = target.messageGroupId === undefined ? {} : { MessageGroupId: target.messageGroupId };
  targets.toQueue(target.arn, { MessageBody: input, ...group });
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
const ERROR_CODES: Readonly<Record<Failure['kind'], string>> = {
  denied: 'NO_PERMISSIONS',
  missing: 'NO_RESOURCE',
  refused: 'SDK_CLIENT_ERROR',
  malformed: 'INVALID_JSON',
  throttled: 'THROTTLING',
  broken: 'ERROR_FROM_TARGET',
};

/** What no target has taken goes to the dead-letter queue, and without one is lost, as it is in AWS. */
export function giveUp(delivery: RuleDelivery, end: GivenUp, targets: EventTargets): void {
  const { ruleArn, target, event } = delivery;
  const to = target.deadLetterArn;
  const warn = (lost: unknown) =>
    process.emitWarning(`${ruleArn} did not deliver event ${event.id} to ${target.arn}: ${lost}`);
  if (to === undefined) {
    warn(end.failure.message);
    return;
  }
  try {
    targets.authorizer(ruleArn, undefined)?.('sqs:SendMessage', to);
    targets.toQueue(to, deadLetter(delivery, end));
  } catch (error) {
    warn(error);
  }
}

/** The event as it was, and why no target has taken it. */
function deadLetter({ ruleArn, target, event }: RuleDelivery, end: GivenUp): JsonObject {
  const attributes: Record<string, string> = {
    RULE_ARN: ruleArn,
    TARGET_ARN: target.arn,
    ERROR_CODE: ERROR_CODES[end.failure.kind],
    ERROR_MESSAGE: end.failure.message,
    ...(end.exhausted && { EXHAUSTED_RETRY_CONDITION: end.exhausted }),
    RETRY_ATTEMPTS: String(end.retries),
  };
  return {
    MessageBody: JSON.stringify(event),
    MessageAttributes: textAttributes(attributes),
  };
}
