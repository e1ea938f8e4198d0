import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENVIRONMENT_VARIABLE, type QueueConfig } from '../contract/environment.ts';
import { SQS } from '../contract/limits.ts';
import type { MetricName } from '../contract/metrics.ts';
import type { TaskDefinition } from '../contract/task.ts';
import { addQueueEvents, makeConsumerFunction } from './consumer-function.ts';
import type { PayloadBucket } from './payload-bucket.ts';
import { environmentOf, QueueEnvironment } from './queue-environment.ts';
import { grantSendingUnderKey, makeQueuePair } from './queue-pair.ts';
import { RunTable } from './run-table.ts';
import { SendLater } from './send-later.ts';
import { alarmThresholds, TaskQueueAlarms } from './task-queue-alarms.ts';
import { type RunMetricOptions, runMetric } from './task-queue-metrics.ts';
import type { TaskQueueProps } from './task-queue-props.ts';
import { checkTaskQueue } from './task-queue-rules.ts';
import { resolveSettings, type TaskQueueSettings } from './task-queue-settings.ts';

/**
 * A queue of tasks with everything that runs them: an SQS queue and its dead-letter queue, the consumer function, the
 * run table, and alarms.
 *
 * What cannot work is an error at synth, with the value, the limit and the fix.
 *
 * @example
 * ```ts
 * const email = new TaskQueue(this, 'Email', { tasks: [sendWelcomeEmail], entry: 'src/consumer.ts' });
 * email.grantSend(apiFunction);
 * email.alarms.notify(opsTopic);
 * ```
 */
export class TaskQueue extends Construct {
  readonly tasks: readonly TaskDefinition[];
  readonly queue: sqs.IQueue;
  /** Runs that were given up, with the reason in the body. Nothing consumes it. */
  readonly deadLetterQueue: sqs.IQueue;
  /** Every setting of the function that is no prop here can be reached through it. */
  readonly consumer: NodejsFunction;
  readonly runTable: RunTable;
  /** Undefined where the queue was given none. */
  readonly payloadBucket: PayloadBucket | undefined;
  readonly alarms: TaskQueueAlarms;
  private readonly config: QueueConfig;
  private readonly metrics: NonNullable<TaskQueueProps['metrics']>;

  /** @throws Error naming every prop that is out of its range, and the entry when it does not exist */
  constructor(scope: Construct, id: string, props: TaskQueueProps) {
    super(scope, id);
    const settings = resolveSettings(props);
    checkTaskQueue(this, props, settings);
    this.metrics = props.metrics ?? 'queue';

    const { queue, deadLetterQueue } = makeQueuePair(this, props, settings);
    this.tasks = props.tasks;
    this.queue = queue;
    this.deadLetterQueue = deadLetterQueue;
    this.runTable = props.runTable ?? new RunTable(this, 'Runs');
    this.payloadBucket = props.payloadBucket;
    this.config = {
      url: queue.queueUrl,
      deadLetterUrl: deadLetterQueue.queueUrl,
      table: this.runTable.table.tableName,
      tasks: props.tasks.map(task => task.name),
      ...(settings.fifo && { fifo: true }),
      ...(props.trackQueued === false && { trackQueued: false }),
      ...(props.payloadBucket && { payloads: props.payloadBucket.bucket.bucketName }),
    };
    this.consumer = makeConsumerFunction(this, props, settings);
    addQueueEvents(this.consumer, queue, props, settings);
    this.letConsumerWork({
      concurrency: props.concurrency ?? settings.concurrency,
      unknownTaskGraceSeconds: (
        props.unknownTaskGrace ?? Duration.seconds(settings.unknownTaskGraceSeconds)
      ).toSeconds(),
      ...(hasOwnRetention(settings) && { retentionSeconds: settings.retentionSeconds }),
      ...(this.metrics !== 'none' && { metrics: this.metrics }),
    });
    this.alarms = new TaskQueueAlarms(this, alarmThresholds(props, settings));
    this.node.addValidation({ validate: () => this.refuseDisabledIdempotency() });
  }

  /**
   * Lets a function, or whatever else has a role, send this queue's tasks.
   *
   * A function also gets the environment variable by which `sendTask` finds the queue, merged with its other queues'.
   * Give a server, a container for one, `environment` by hand.
   *
   * The function may be in another stack, which then depends on this one. So two stacks whose functions send to each
   * other's queue cannot be deployed: CDK refuses the cycle. The way out is to make both task queues in one stack, on
   * which every other producer's stack depends.
   */
  grantSend(grantee: iam.IGrantable): iam.Grant {
    this.addEnvironment(grantee);
    return this.grantSending(grantee);
  }

  /**
   * Lets a function, or whatever else has a role, do what `grantSend` does, and send for later than 15 minutes, move such
   * runs, and manage the schedules that it makes. The environment is as with `grantSend`.
   *
   * What waits is in a schedule group that holds nothing else, so no other schedule can be changed; to list schedules is
   * an action that AWS does not limit to a group. Deleting the stack deletes the group, and what waits in it.
   */
  grantSchedule(grantee: iam.IGrantable): iam.Grant {
    const later = SendLater.of(this);
    this.addEnvironment(grantee, { schedules: later.config });
    return this.grantSending(grantee).combine(later.grant(grantee));
  }

  /** Lets a function, or whatever else has a role, read, list, await and count runs. The environment is as with `grantSend`. */
  grantRead(grantee: iam.IGrantable): iam.Grant {
    this.addEnvironment(grantee);
    return this.grantReading(grantee);
  }

  /**
   * Lets a function, or whatever else has a role, do all that `grantSend` and `grantRead` do, redrive and discard
   * dead letters, and cancel runs. The environment is as with `grantSend`.
   */
  grantManage(grantee: iam.IGrantable): iam.Grant {
    this.addEnvironment(grantee);
    this.deadLetterQueue.encryptionMasterKey?.grant(grantee, 'kms:Decrypt');
    return this.grantSending(grantee)
      .combine(this.grantReading(grantee))
      .combine(this.runTable.grantItems(grantee, 'dynamodb:UpdateItem'))
      .combine(
        this.deadLetterQueue.grant(
          grantee,
          'sqs:ReceiveMessage',
          'sqs:DeleteMessage',
          'sqs:ChangeMessageVisibility',
        ),
      );
  }

  /** Names of the tasks that travel through this queue. */
  get taskNames(): readonly string[] {
    return this.config.tasks;
  }

  /** The variables by which code outside Lambda finds this queue, once its role was granted. */
  get environment(): Record<string, string> {
    const schedules = () => SendLater.existing(this)?.config;
    const config = Lazy.any({ produce: () => ({ ...this.config, schedules: schedules() }) });
    return { [ENVIRONMENT_VARIABLE]: Stack.of(this).toJsonString([config]) };
  }

  /** Age of the oldest message, in seconds. Maximum over 5 minutes. SQS leaves out what was received three times or more. */
  metricOldestMessageAge(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.queue.metricApproximateAgeOfOldestMessage(props);
  }

  /** Messages that could be received now. Maximum over 5 minutes. */
  metricMessagesWaiting(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.queue.metricApproximateNumberOfMessagesVisible(props);
  }

  /** Messages that are being worked on or wait out a backoff. Maximum over 5 minutes. */
  metricMessagesInFlight(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.queue.metricApproximateNumberOfMessagesNotVisible(props);
  }

  /** Messages whose delay has not ended. Maximum over 5 minutes. */
  metricMessagesDelayed(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.queue.metricApproximateNumberOfMessagesDelayed(props);
  }

  /** Messages in the dead-letter queue. Maximum over 5 minutes. */
  metricDeadLetters(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesVisible(props);
  }

  /** Invocations that crashed, timed out or did not start. Sum over 5 minutes. A failed attempt is not among them. */
  metricConsumerErrors(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.consumer.metricErrors(props);
  }

  /** Throttled invocations. Sum over 5 minutes. */
  metricConsumerThrottles(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.consumer.metricThrottles(props);
  }

  /** Time of one invocation, in milliseconds. Average over 5 minutes. */
  metricConsumerDuration(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.consumer.metricDuration(props);
  }

  /** Attempts begun. Their number over 5 minutes. */
  metricStarted(props?: RunMetricOptions): cloudwatch.Metric {
    return this.runMetric('Duration', 'SampleCount', props);
  }

  /** Runs that succeeded. Sum over 5 minutes. */
  metricSucceeded(props?: RunMetricOptions): cloudwatch.Metric {
    return this.runMetric('Succeeded', 'Sum', props);
  }

  /** Attempts that failed and are followed by another. Sum over 5 minutes. */
  metricRetried(props?: RunMetricOptions): cloudwatch.Metric {
    return this.runMetric('Retried', 'Sum', props);
  }

  /** Runs that the consumer gave up. Sum over 5 minutes. What SQS dead-letters by itself is not among them. */
  metricDeadLettered(props?: RunMetricOptions): cloudwatch.Metric {
    return this.runMetric('DeadLettered', 'Sum', props);
  }

  /** Runs that were canceled while an attempt was at work. Sum over 5 minutes. */
  metricCanceled(props?: RunMetricOptions): cloudwatch.Metric {
    return this.runMetric('Canceled', 'Sum', props);
  }

  /** Time of one attempt, in milliseconds. Average over 5 minutes. */
  metricAttemptDuration(props?: RunMetricOptions): cloudwatch.Metric {
    return this.runMetric('Duration', 'Average', props);
  }

  /** Time from a run's first send to its first attempt, in milliseconds; a delay is in it. Average over 5 minutes. */
  metricQueueLatency(props?: RunMetricOptions): cloudwatch.Metric {
    return this.runMetric('QueueLatency', 'Average', props);
  }

  /**
   * Age of the oldest run that was delivered and had not ended, in seconds since its first send. Maximum over 5 minutes.
   * Other than `metricOldestMessageAge` it sees what was received three times or more, and nothing while the consumer
   * does not run.
   */
  metricBacklogAge(props?: RunMetricOptions): cloudwatch.Metric {
    return this.runMetric('BacklogAge', 'Maximum', props);
  }

  private runMetric(name: MetricName, statistic: string, options?: RunMetricOptions): cloudwatch.Metric {
    return runMetric(this, this.metrics, name, statistic, options);
  }

  /**
   * The event source grants the receiving; this is what settles a run. A claim needs no read. A message that waits
   * beyond its retention is sent again.
   */
  private letConsumerWork(consumer: NonNullable<QueueConfig['consumer']>): void {
    QueueEnvironment.of(this.consumer).add(this.node.path, { ...this.config, consumer });
    this.runTable.grantItems(this.consumer, 'dynamodb:UpdateItem');
    this.payloadBucket?.grantConsume(this.consumer, this.queue);
    for (const queue of [this.queue, this.deadLetterQueue]) {
      queue.grant(this.consumer, 'sqs:SendMessage');
      grantSendingUnderKey(queue, this.consumer);
    }
  }

  private grantSending(grantee: iam.IGrantable): iam.Grant {
    grantSendingUnderKey(this.queue, grantee);
    this.payloadBucket?.grantPut(grantee, this.queue);
    return this.queue
      .grant(grantee, 'sqs:SendMessage')
      .combine(this.runTable.grantItems(grantee, 'dynamodb:PutItem'));
  }

  private grantReading(grantee: iam.IGrantable): iam.Grant {
    return this.runTable
      .grantItems(grantee, 'dynamodb:GetItem', 'dynamodb:BatchGetItem')
      .combine(this.runTable.grantIndexes(grantee))
      .combine(this.queue.grant(grantee, 'sqs:GetQueueAttributes'))
      .combine(this.deadLetterQueue.grant(grantee, 'sqs:GetQueueAttributes'));
  }

  private addEnvironment(grantee: iam.IGrantable, more: Pick<QueueConfig, 'schedules'> = {}): void {
    if (isFunction(grantee)) QueueEnvironment.of(grantee).add(this.node.path, { ...this.config, ...more });
  }

  private refuseDisabledIdempotency(): string[] {
    return DISABLED in environmentOf(this.consumer)
      ? [
          `${this.node.path}: the consumer's environment must not have ${DISABLED}: every delivery would run its task ` +
            'again; remove it',
        ]
      : [];
  }
}

/** One that is unknown at synth, or SQS's own, is what the consumer takes a queue to have. */
function hasOwnRetention({ retentionSeconds }: TaskQueueSettings): boolean {
  return !Number.isNaN(retentionSeconds) && retentionSeconds !== SQS.defaultRetentionSeconds;
}

/** Powertools switches idempotency off by this variable, for tests. */
const DISABLED = 'POWERTOOLS_IDEMPOTENCY_DISABLED';

/** An alias, a version and an imported function have no environment that could be written. */
function isFunction(grantee: iam.IGrantable): grantee is lambda.Function {
  return 'addEnvironment' in grantee && 'node' in grantee;
}
