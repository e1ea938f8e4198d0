import { randomUUID } from 'node:crypto';
import type { GivenUp } from '../delivery/deliveries.ts';
import { textAttributes } from '../delivery/text-attributes.ts';
import { isoSeconds } from '../iso-seconds.ts';
import { isJsonObject, type JsonObject } from '../json-value.ts';
import type { Authorize } from '../permissions/access-denied.ts';
import type { Location } from '../service.ts';
import type { Target } from './target-definition.ts';

/** One time of one schedule, on its way to the target that the schedule had then. */
export interface Firing {
  readonly scheduleArn: string;
  readonly groupArn: string;
  readonly scheduledAtMs: number;
  readonly target: Target;
}

/** How Scheduler reaches other services. All but `assume` throw when a target does not take what it is sent. */
export interface SchedulerTargets {
  /**
   * Takes the role of a schedule.
   *
   * @param sourceArn the schedule's group, for which Scheduler acts.
   * @returns undefined where permissions are off
   * @throws AccessDenied when there is no such role, or it does not trust Scheduler.
   */
  assume(roleArn: string, sourceArn: string): Authorize | undefined;
  /** @throws MissingTarget */
  queueArnOf(url: string): string;
  /** @param message the parameters of SendMessage but for the queue. */
  toQueue(arn: string, message: Readonly<Record<string, unknown>>): void;
  /** Returns when the event is accepted. */
  toFunction(arn: string, event: unknown): void;
}

/** @throws when the target does not take it */
export function fire(firing: Firing, attempt: number, targets: SchedulerTargets, location: Location): void {
  const { target } = firing;
  const authorize = targets.assume(target.roleArn, firing.groupArn);
  const input = inputOf(firing, attempt, location);
  if (target.kind === 'function') {
    authorize?.('lambda:InvokeFunction', target.arn);
    targets.toFunction(target.arn, JSON.parse(input));
    return;
  }
  const [arn, message] =
    target.kind === 'queue'
      ? [
          target.arn,
          { MessageBody: input, ...(target.messageGroupId && { MessageGroupId: target.messageGroupId }) },
        ]
      : sendMessageOf(input, targets);
  authorize?.('sqs:SendMessage', arn);
  targets.toQueue(arn, message);
}

/**
 * What no target has taken, with AWS's attributes.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 *
 * @throws when the dead-letter queue does not take it
 */
export function deadLetter(
  firing: Firing,
  end: GivenUp,
  targets: SchedulerTargets,
  location: Location,
): void {
  const { target, scheduleArn, scheduledAtMs } = firing;
  if (target.deadLetterArn === undefined) return;
  const attributes: Record<string, string> = {
    ERROR_CODE: end.failure.code,
    ERROR_MESSAGE: end.failure.message,
    EXECUTION_ID: executionId(),
    ...(end.exhausted && { EXHAUSTED_RETRY_CONDITION: end.exhausted }),
    IS_PAYLOAD_TRUNCATED: 'false',
    RETRY_ATTEMPTS: String(end.retries),
    SCHEDULED_TIME: isoSeconds(scheduledAtMs),
    SCHEDULE_ARN: scheduleArn,
    TARGET_ARN: target.arn,
  };
  targets.assume(target.roleArn, firing.groupArn)?.('sqs:SendMessage', target.deadLetterArn);
  targets.toQueue(target.deadLetterArn, {
    MessageBody: inputOf(firing, end.retries + 1, location),
    MessageAttributes: textAttributes(attributes),
  });
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
function inputOf(firing: Firing, attempt: number, location: Location): string {
  const { target, scheduleArn, scheduledAtMs } = firing;
  const attributes = new Map<string, () => string>([
    ['schedule-arn', () => scheduleArn],
    ['scheduled-time', () => isoSeconds(scheduledAtMs)],
    ['execution-id', executionId],
    ['attempt-number', () => String(attempt)],
  ]);
  const input = target.input ?? JSON.stringify(notification(firing, location));
  return input.replace(
    /<aws\.scheduler\.([a-z-]+)>/g,
    (text, name: string) => attributes.get(name)?.() ?? text,
  );
}

/** What a schedule without an input sends. */
function notification({ scheduleArn, scheduledAtMs }: Firing, { region, accountId }: Location): JsonObject {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: accountId,
    time: isoSeconds(scheduledAtMs),
    region,
    resources: [scheduleArn],
    detail: '{}',
  };
}

function sendMessageOf(input: string, targets: SchedulerTargets): [arn: string, message: JsonObject] {
  const parameters: unknown = JSON.parse(input);
  const { QueueUrl: url, ...message } = isJsonObject(parameters) ? parameters : {};
  return [targets.queueArnOf(String(url)), message];
}

/** Another one for each attempt: it is no identity of the firing. */
function executionId(): string {
  return randomUUID().replaceAll('-', '').slice(0, 16);
}
