import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { grantSendingUnderKey } from './queue-pair.ts';
import type { TaskQueue } from './task-queue.ts';

/**
 * What EventBridge Scheduler needs to send to a task queue: a role, and the group whose schedules alone may use it. The
 * schedules of the CDK app are in one group and those that applications make in another, which they may change.
 */
export class ScheduleDelivery extends Construct {
  readonly group: scheduler.CfnScheduleGroup;
  readonly role: iam.Role;

  /** That of the CDK app's own schedules. */
  static of(taskQueue: TaskQueue): ScheduleDelivery {
    const existing = taskQueue.node.tryFindChild('Schedules') as ScheduleDelivery | undefined;
    return existing ?? new ScheduleDelivery(taskQueue, 'Schedules', taskQueue);
  }

  constructor(scope: Construct, id: string, taskQueue: TaskQueue) {
    super(scope, id);
    this.group = new scheduler.CfnScheduleGroup(this, 'Group');
    this.role = new iam.Role(this, 'Role', {
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': Stack.of(this).account,
            'aws:SourceArn': this.group.attrArn,
          },
        },
      }),
    });
    taskQueue.queue.grant(this.role, 'sqs:SendMessage');
    grantSendingUnderKey(taskQueue.queue, this.role);
  }
}
