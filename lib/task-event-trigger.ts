import { Annotations, Names, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct, type IDependable } from 'constructs';
import { DELIVERY_RETRY } from '../contract/firing.ts';
import { EVENT_BRIDGE } from '../contract/limits.ts';
import type { TaskDefinition } from '../contract/task.ts';
import type { Ref } from '../contract/workflow/expression.ts';
import { checkDelivery, deliveryRules } from './delivery-rules.ts';
import { toEventMessage } from './event-message.ts';
import { grantSendingUnderKey } from './queue-pair.ts';
import type { AnyEvent, AnyEventBus, TaskEventTriggerProps } from './task-event-trigger-props.ts';
import { UndeliveredMessages } from './undelivered-messages.ts';

/**
 * Sends a task for each event that matches: an EventBridge rule puts its message on the queue, with no function in
 * between. What it begins is a run like any other. An event that is delivered twice begins one run.
 *
 * @example
 * ```ts
 * new TaskEventTrigger(this, 'Uploaded', {
 *   task: scanUpload,
 *   queue: jobs,
 *   eventPattern: {
 *     source: ['aws.s3'],
 *     detailType: ['Object Created'],
 *     detail: { bucket: { name: [uploads.bucketName] } },
 *   },
 *   payload: (event: Ref<S3ObjectCreatedNotificationEvent>) => ({ key: event.detail.object.key }),
 * });
 * ```
 */
export class TaskEventTrigger<
  Task extends TaskDefinition,
  Event extends AnyEvent = AnyEvent,
> extends Construct {
  /** The rule, for its ARN and its metrics. */
  readonly rule: events.IRule;
  /** Events that could not be handed to the queue, as they were. Its alarm is among the task queue's. */
  readonly deadLetterQueue: sqs.IQueue;

  /** @throws Error naming the prop that is not right, its value, what is allowed and the fix */
  constructor(scope: Construct, id: string, props: TaskEventTriggerProps<Task, Event>) {
    super(scope, id);
    const { queue, eventPattern, eventBus, enabled = true, groupKey } = props;
    const ruleName = props.ruleName ?? Names.uniqueResourceName(this, { maxLength: 64, separator: '-' });
    const input = read(this, props, ruleName);

    const undelivered = new UndeliveredMessages(
      this,
      'Undelivered',
      queue,
      `event trigger ${this.node.path}`,
      'send the task of each, with the payload that the trigger makes of it: a message is the event as it was',
    );
    this.deadLetterQueue = undelivered.queue;
    const rule = new events.Rule(this, 'Rule', {
      ruleName,
      eventPattern,
      enabled,
      ...(eventBus && { eventBus }),
    });
    const toQueue = {
      arn: queue.queue.queueArn,
      input,
      deadLetterConfig: { arn: undelivered.queue.queueArn },
      retryPolicy: {
        maximumRetryAttempts: props.retryAttempts ?? DELIVERY_RETRY.attempts,
        maximumEventAgeInSeconds: props.maxEventAge?.toSeconds() ?? DELIVERY_RETRY.maxAgeSeconds,
      },
      ...(groupKey !== undefined && { sqsParameters: { messageGroupId: groupKey } }),
    };
    rule.addTarget({ bind: () => toQueue });
    this.rule = rule;
    for (const one of [queue.queue, undelivered.queue]) {
      // What arrives before the policy is there is not tried again.
      rule.node.addDependency(...allowRule(this, one, ruleArnOf(this, ruleName, eventBus)));
    }
  }
}

/** @throws Error with the construct's path */
function read<Task extends TaskDefinition, Event extends AnyEvent>(
  scope: Construct,
  props: TaskEventTriggerProps<Task, Event>,
  ruleName: string,
) {
  try {
    checkDelivery(deliveryRules(props, 'EventBridge'));
    if (!EVENT_BRIDGE.ruleName.test(ruleName)) {
      throw new RangeError(`ruleName must be 1 to 64 of 0-9 a-z A-Z - _ . , got '${ruleName}'; rename it`);
    }
    const trigger = scope.node.addr.slice(-8);
    const map = (event: Ref<Event>) => props.payload(event);
    const message = toEventMessage(scope, { task: props.task.name, trigger, map });
    return { bind: () => message };
  } catch (cause) {
    throw new Error(`${scope.node.path}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/**
 * Put together from its name: the queue's policy must not refer to the rule, which refers to the queue. They may be in
 * different stacks, and that would be a cycle.
 */
function ruleArnOf(scope: Construct, ruleName: string, eventBus: AnyEventBus | undefined): string {
  const resourceName = eventBus ? `${eventBus.eventBusName}/${ruleName}` : ruleName;
  return Stack.of(scope).formatArn({ service: 'events', resource: 'rule', resourceName });
}

/**
 * By the queue's own policy, and not by a role of the rule: delivery with a role to a queue that is encrypted may fail.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 */
function allowRule(scope: Construct, queue: sqs.IQueue, ruleArn: string): IDependable[] {
  const service = (conditions: object) => new iam.ServicePrincipal('events.amazonaws.com', { conditions });
  const statement = new iam.PolicyStatement({
    actions: ['sqs:SendMessage'],
    principals: [service({ ArnEquals: { 'aws:SourceArn': ruleArn } })],
    resources: [queue.queueArn],
  });
  const { statementAdded, policyDependable } = queue.addToResourcePolicy(statement);
  if (!statementAdded) {
    Annotations.of(scope).addWarningV2(
      'cdk-background-jobs:queuePolicy',
      `the policy of ${queue.node.path}, which is imported, is not changed; it must let events.amazonaws.com ` +
        `sqs:SendMessage for the rule ${ruleArn}`,
    );
  }
  grantSendingUnderKey(queue, service({ StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } }));
  return policyDependable ? [policyDependable] : [];
}
