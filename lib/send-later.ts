import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { ScheduleConfig } from '../contract/environment.ts';
import { ScheduleDelivery } from './schedule-delivery.ts';
import type { TaskQueue } from './task-queue.ts';
import { UndeliveredMessages } from './undelivered-messages.ts';

/** Where EventBridge Scheduler holds what applications send for later, and the schedules that they make. */
export class SendLater extends Construct {
  readonly config: ScheduleConfig;
  private readonly delivery: ScheduleDelivery;
  private readonly taskQueue: TaskQueue;

  static of(taskQueue: TaskQueue): SendLater {
    return SendLater.existing(taskQueue) ?? new SendLater(taskQueue);
  }

  /** Undefined where nobody was granted it. */
  static existing(taskQueue: TaskQueue): SendLater | undefined {
    return taskQueue.node.tryFindChild('SendLater') as SendLater | undefined;
  }

  private constructor(taskQueue: TaskQueue) {
    super(taskQueue, 'SendLater');
    this.taskQueue = taskQueue;
    this.delivery = new ScheduleDelivery(this, 'Delivery', taskQueue);
    const what = `runs that were sent for later, or of schedules that an application made, for ${taskQueue.node.path}`;
    const { queue } = new UndeliveredMessages(this, 'Undelivered', taskQueue, what);
    queue.grant(this.delivery.role, 'sqs:SendMessage');
    // A schedule that an application makes may ask for an overlap of 'skip'.
    taskQueue.runTable.grantItems(taskQueue.consumer, 'dynamodb:GetItem');
    this.config = {
      group: this.delivery.group.ref,
      role: this.delivery.role.roleArn,
      queue: taskQueue.queue.queueArn,
      deadLetter: queue.queueArn,
    };
  }

  grant(grantee: iam.IGrantable): iam.Grant {
    const { group, role } = this.delivery;
    const schedules = Stack.of(this).formatArn({
      service: 'scheduler',
      resource: 'schedule',
      resourceName: `${group.ref}/*`,
    });
    const everySchedule = Stack.of(this).formatArn({
      service: 'scheduler',
      resource: 'schedule',
      resourceName: '*/*',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    // To move a run is to look at it and to change it.
    return this.taskQueue.runTable
      .grantItems(grantee, 'dynamodb:GetItem', 'dynamodb:UpdateItem')
      .combine(
        iam.Grant.addToPrincipal({
          grantee,
          actions: ['CreateSchedule', 'UpdateSchedule', 'DeleteSchedule', 'GetSchedule'].map(
            action => `scheduler:${action}`,
          ),
          resourceArns: [schedules],
        }),
      )
      .combine(
        iam.Grant.addToPrincipal({
          grantee,
          actions: ['scheduler:ListSchedules'],
          resourceArns: [everySchedule],
        }),
      )
      .combine(
        iam.Grant.addToPrincipal({
          grantee,
          actions: ['iam:PassRole'],
          resourceArns: [role.roleArn],
          conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
        }),
      );
  }
}
