import { Annotations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DELIVERY_RETRY, toScheduleInput } from '../contract/firing.ts';
import type { Schedule as Expression } from '../contract/schedule/schedule.ts';
import type { TaskDefinition } from '../contract/task.ts';
import { describeTimes } from './describe-times.ts';
import { ScheduleDelivery } from './schedule-delivery.ts';
import { payloadToJson } from './schedule-payload.ts';
import type { TaskScheduleProps } from './task-schedule-props.ts';
import { checkTaskSchedule } from './task-schedule-rules.ts';
import { UndeliveredMessages } from './undelivered-messages.ts';

/**
 * Sends a task by the clock: EventBridge Scheduler puts its message on the queue, with no function in between. What it
 * begins is a run like any other. A firing that comes twice is one run.
 *
 * Synth says when it will fire next. What cannot work, such as a cron with five fields, is an error there.
 *
 * @example
 * ```ts
 * new TaskSchedule(this, 'Digest', {
 *   task: sendDigest,
 *   queue: email,
 *   payload: {},
 *   schedule: ScheduleExpression.cron({ minute: '0', hour: '8', weekDay: 'MON', timeZone: TimeZone.EUROPE_PARIS }),
 * });
 * ```
 */
export class TaskSchedule<Task extends TaskDefinition> extends Construct {
  readonly scheduleName: string;
  readonly scheduleArn: string;
  /** Firings that could not be handed to the queue. Its alarm is among the task queue's. */
  readonly deadLetterQueue: sqs.IQueue;

  /** @throws Error naming the prop that is not right, its value, what is allowed and the fix */
  constructor(scope: Construct, id: string, props: TaskScheduleProps<Task>) {
    super(scope, id);
    const now = new Date();
    const expression = checkTaskSchedule(this, props, now);
    const { queue, enabled = true, start, end, overlap } = props;

    const delivery = ScheduleDelivery.of(queue);
    const undelivered = new UndeliveredMessages(this, 'Undelivered', queue, `schedule ${this.node.path}`);
    this.deadLetterQueue = undelivered.queue;
    // In this schedule's own stack: the role's stack must not depend on it.
    const policy = new iam.Policy(this, 'Policy', {
      roles: [delivery.role],
      statements: [
        new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [undelivered.queue.queueArn] }),
      ],
    });
    const schedule = new scheduler.CfnSchedule(this, 'Schedule', {
      ...toWhen(props, expression, now),
      ...(props.scheduleName !== undefined && { name: props.scheduleName }),
      groupName: delivery.group.ref,
      state: enabled ? 'ENABLED' : 'DISABLED',
      target: toTarget(this, props, delivery, undelivered),
    });
    schedule.node.addDependency(policy, delivery.role);
    this.scheduleName = schedule.ref;
    this.scheduleArn = schedule.attrArn;

    if (start && start < now && expression.kind === 'rate') this.warnOfPastStart(start);
    if (overlap === 'skip') queue.runTable.grantItems(queue.consumer, 'dynamodb:GetItem');
    Annotations.of(this).addInfoV2(
      'cdk-background-jobs:nextTimes',
      enabled ? describeTimes(expression, { now, start, end }) : `${expression.expression} is not enabled`,
    );
  }

  private warnOfPastStart(start: Date): void {
    Annotations.of(this).addWarningV2(
      'cdk-background-jobs:pastStart',
      `start is past (${start.toISOString()}), and EventBridge Scheduler refuses to make or change a schedule whose start ` +
        'is more than five minutes past: as it stands, this one can only stay as it is deployed; move start, from which ' +
        'the rate counts, or remove it',
    );
  }
}

type AnyProps = TaskScheduleProps<TaskDefinition>;

/** A cron's start says nothing any more when it is past, and EventBridge Scheduler would refuse each change because of it. */
function toWhen({ schedule, start, end, flexibleWindow }: AnyProps, expression: Expression, now: Date) {
  const { timeZone } = schedule;
  return {
    scheduleExpression: expression.expression,
    ...(timeZone && { scheduleExpressionTimezone: timeZone.timezoneName }),
    flexibleTimeWindow: flexibleWindow
      ? { mode: 'FLEXIBLE', maximumWindowInMinutes: flexibleWindow.toMinutes() }
      : { mode: 'OFF' },
    ...(start && (start >= now || expression.kind === 'rate') && { startDate: start.toISOString() }),
    ...(end && { endDate: end.toISOString() }),
  };
}

function toTarget(
  scope: Construct,
  props: AnyProps,
  { role }: ScheduleDelivery,
  undelivered: UndeliveredMessages,
): scheduler.CfnSchedule.TargetProperty {
  const { queue, task, payload, overlap, maxLateness, groupKey } = props;
  const policy = {
    name: scope.node.path,
    ...(overlap === 'skip' && { overlap }),
    ...(maxLateness && { maxLatenessSeconds: maxLateness.toSeconds() }),
  };
  return {
    arn: queue.queue.queueArn,
    roleArn: role.roleArn,
    input: toScheduleInput(task.name, policy, payloadToJson(scope, payload)),
    deadLetterConfig: { arn: undelivered.queue.queueArn },
    retryPolicy: {
      maximumRetryAttempts: props.retryAttempts ?? DELIVERY_RETRY.attempts,
      maximumEventAgeInSeconds: props.maxEventAge?.toSeconds() ?? DELIVERY_RETRY.maxAgeSeconds,
    },
    ...(groupKey !== undefined && { sqsParameters: { messageGroupId: groupKey } }),
  };
}
