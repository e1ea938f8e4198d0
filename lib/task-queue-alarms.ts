import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { SQS } from '../contract/limits.ts';
import { backoffMs, longestRetrySpanMs } from '../contract/retry-policy.ts';
import { Alarms } from './alarms.ts';
import type { TaskQueue } from './task-queue.ts';
import type { TaskQueueProps } from './task-queue-props.ts';
import type { TaskQueueSettings } from './task-queue-settings.ts';

/**
 * The alarms of a task queue. They notify nobody until `notify` is called, which synth warns of.
 *
 * @example
 * ```ts
 * const queue = new TaskQueue(this, 'Email', { tasks: [sendWelcomeEmail], entry: 'src/consumer.ts' });
 * queue.alarms.notify(opsTopic);
 * ```
 */
export class TaskQueueAlarms extends Construct {
  /** The dead-letter queue is not empty: runs were given up. */
  readonly deadLetters: cloudwatch.Alarm;
  /** A message waits longer than delays and backoffs explain, for five minutes. */
  readonly oldestMessageAge: cloudwatch.Alarm;
  /** An invocation crashed, timed out or did not start. A handler that throws does not count here. */
  readonly consumerErrors: cloudwatch.Alarm;
  /** Invocations were throttled in each of three periods of five minutes. */
  readonly consumerThrottles: cloudwatch.Alarm;
  /** A run is neither done nor given up although its retries must be over. Undefined where `metrics` is `'none'`. */
  readonly backlogAge: cloudwatch.Alarm | undefined;
  /** A dead letter has lain there for a day. */
  readonly neglectedDeadLetters: cloudwatch.Alarm;
  private readonly alarms: Alarms;

  constructor(queue: TaskQueue, { oldestMessageAgeSeconds, backlogAgeSeconds }: AlarmThresholds) {
    super(queue, 'Alarms');
    const { path } = queue.node;
    this.alarms = new Alarms(this);
    const oneMinute = { period: Duration.minutes(1) };
    this.deadLetters = this.alarms.add('DeadLetters', queue.metricDeadLetters(oneMinute), {
      alarmDescription:
        `Runs of ${path} were dead-lettered: their attempts are used up, or they can never succeed. Each dead letter's ` +
        'body says why. Fix the cause, then redrive them; the alarm ends when the dead-letter queue is empty. SQS deletes ' +
        'dead letters at the end of their retention.',
    });
    this.oldestMessageAge = this.alarms.add('OldestMessageAge', queue.metricOldestMessageAge(oneMinute), {
      threshold: oldestMessageAgeSeconds,
      evaluationPeriods: 5,
      alarmDescription:
        `A message of ${path} has waited for more than ${oldestMessageAgeSeconds} s, longer than delays and backoffs explain: the ` +
        'consumer is too slow, throttled, or does not start. Look at its errors, its throttles and its concurrency ' +
        '(maxConcurrency, the account limit), then at what its handlers wait for. Messages at the end of their retention ' +
        'are lost.',
    });
    this.consumerErrors = this.alarms.add('ConsumerErrors', queue.metricConsumerErrors(), {
      alarmDescription:
        `The consumer of ${path} crashed, ran out of memory or time, or did not start. (A task that fails is no such error.) ` +
        'Its runs are retried after the visibility timeout. Look for the REPORT and error lines in its log group.',
    });
    this.consumerThrottles = this.alarms.add('ConsumerThrottles', queue.metricConsumerThrottles(), {
      evaluationPeriods: 3,
      alarmDescription:
        `Lambda has throttled the consumer of ${path} for 15 minutes; what it has no room for within a visibility timeout ` +
        "spends a receive. Set maxConcurrency below the function's reserved concurrency, or have the account's concurrency raised.",
    });
    this.neglectedDeadLetters = this.alarms.add(
      'NeglectedDeadLetters',
      queue.deadLetterQueue.metricApproximateAgeOfOldestMessage(),
      {
        threshold: NEGLECTED_AFTER.toSeconds(),
        alarmDescription:
          `A dead letter of ${path} has lain there for more than a day. Redrive it or discard it: SQS deletes it at the end ` +
          "of its retention, which counts from the run's first send when SQS itself has moved it.",
      },
    );
    this.backlogAge =
      backlogAgeSeconds === undefined
        ? undefined
        : this.alarms.add('BacklogAge', queue.metricBacklogAge(), {
            threshold: backlogAgeSeconds,
            alarmDescription:
              `A run of ${path} was sent more than ${backlogAgeSeconds} s ago and is neither done nor given up, although its ` +
              'delay and its retries must be over: its messages come back unattempted, or the consumer is too slow. Look in ' +
              'its log for "delivery not concluded" (table or queue throttled, denied, or out of reach), then at its concurrency.',
          });
  }

  get all(): readonly cloudwatch.Alarm[] {
    return this.alarms.all;
  }

  /** Adds an alarm to those that `notify` connects, whichever of the two is called first. */
  include(alarm: cloudwatch.Alarm): void {
    this.alarms.include(alarm);
  }

  /**
   * Connects all alarms, those of the queue's schedules and triggers included, to topics and other actions; what returns
   * to OK is not notified. CloudWatch is allowed to publish to a topic that has a key or a policy of its own. An imported
   * topic's owner must do that there.
   */
  notify(...targets: (sns.ITopic | cloudwatch.IAlarmAction)[]): void {
    this.alarms.notify(...targets);
  }
}

const NEGLECTED_AFTER = Duration.days(1);

export interface AlarmThresholds {
  readonly oldestMessageAgeSeconds: number;
  /** Undefined where the consumer tells no metrics. */
  readonly backlogAgeSeconds: number | undefined;
}

export function alarmThresholds(props: TaskQueueProps, settings: TaskQueueSettings): AlarmThresholds {
  const oldestMessageAgeSeconds =
    props.oldestMessageAgeThreshold?.toSeconds() ?? explainedAgeSeconds(settings);
  const spans = settings.tasks.map(({ policy }) => longestRetrySpanMs(policy.retry, policy.timeoutMs));
  return {
    oldestMessageAgeSeconds,
    backlogAgeSeconds:
      props.metrics === 'none'
        ? undefined
        : oldestMessageAgeSeconds + Math.ceil(Math.max(0, ...spans) / 1000),
  };
}

/** What waiting out a delay, then a backoff, then a crashed consumer's visibility timeout explains, in seconds. */
function explainedAgeSeconds({ tasks, visibilityTimeoutSeconds }: TaskQueueSettings): number {
  const backoffs = tasks
    .filter(({ policy }) => policy.retry.attempts > 1)
    .map(({ policy: { retry } }) => backoffMs({ ...retry, jitter: 'none' }, retry.attempts - 1, () => 1));
  const visibilitySeconds = Number.isNaN(visibilityTimeoutSeconds)
    ? SQS.maxVisibilityTimeoutSeconds
    : visibilityTimeoutSeconds;
  return SQS.maxDelaySeconds + Math.ceil(Math.max(0, ...backoffs) / 1000) + visibilitySeconds;
}
