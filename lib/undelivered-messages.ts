import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { SQS } from '../contract/limits.ts';
import { encryptedBy } from './queue-pair.ts';
import type { TaskQueue } from './task-queue.ts';

/** For messages that the task queue takes as they are. */
const MOVE_THEM = 'move the messages to the task queue, where each begins its run';

/**
 * Where a service of AWS puts what it could not hand to a task queue, and the alarm that says so: one of the queue's
 * alarms. A standard queue, also for a FIFO task queue, for these services know no other.
 */
export class UndeliveredMessages extends Construct {
  readonly queue: sqs.Queue;
  readonly alarm: cloudwatch.Alarm;

  /**
   * @param what of whom the messages are, for the alarm's description
   * @param remedy what is to be done with them once the reason is gone
   */
  constructor(scope: Construct, id: string, taskQueue: TaskQueue, what: string, remedy = MOVE_THEM) {
    super(scope, id);
    this.queue = new sqs.Queue(this, 'Queue', {
      ...encryptedBy(taskQueue.queue.encryptionMasterKey),
      retentionPeriod: Duration.seconds(SQS.maxRetentionSeconds),
    });
    const messages = this.queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) });
    this.alarm = messages.createAlarm(this, 'Alarm', {
      threshold: 0,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription:
        `Messages of ${what} could not be handed to the queue of ${taskQueue.node.path}: it is gone, its policy or its key ` +
        `refuses them, or SQS was down. Each message says why in its attributes. Mend that, then ${remedy}; SQS deletes ` +
        'them after 14 days.',
    });
    taskQueue.alarms.include(this.alarm);
  }
}
