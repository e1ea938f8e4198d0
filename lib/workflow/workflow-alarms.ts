import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { Alarms } from '../alarms.ts';

/** The alarms of a workflow. They notify nobody until `notify` is called, which synth warns of. */
export class WorkflowAlarms extends Construct {
  /** A run failed. */
  readonly failed: cloudwatch.Alarm;
  /** A run took longer than the workflow's timeout. */
  readonly timedOut: cloudwatch.Alarm;
  /** Step Functions held back transitions in each of three periods of five minutes. */
  readonly throttled: cloudwatch.Alarm;
  /** The ends of runs that could not be recorded: their clean-up did not run. */
  readonly undelivered: cloudwatch.Alarm;
  private readonly alarms: Alarms;

  constructor(scope: Construct, machine: sfn.IStateMachine, unhandledEnds: sqs.IQueue) {
    super(scope, 'Alarms');
    const { path } = scope.node;
    this.alarms = new Alarms(this);
    this.failed = this.alarms.add('Failed', machine.metricFailed(), {
      alarmDescription:
        `Runs of ${path} failed: a step has used up its attempts, or cannot succeed. Each run says why in its error. Fix ` +
        'the cause, then redrive them within 14 days: they go on from the step that failed.',
    });
    this.timedOut = this.alarms.add('TimedOut', machine.metricTimedOut(), {
      alarmDescription:
        `Runs of ${path} took longer than the workflow's timeout. Look at what their last step or signal waited for; redrive ` +
        'them within 14 days, or raise the timeout.',
    });
    this.throttled = this.alarms.add('Throttled', machine.metricThrottled(), {
      evaluationPeriods: 3,
      alarmDescription:
        `Step Functions has throttled ${path} for 15 minutes: nothing is lost, but runs are late. Have the account's ` +
        'state transition quota raised, or start fewer at once.',
    });
    this.undelivered = this.alarms.add(
      'Undelivered',
      unhandledEnds.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      {
        alarmDescription:
          `The ends of runs of ${path} could not be handled: the function failed three times, or could not be invoked. Each ` +
          'message says which run; its clean-up (onEnded) has not run. SQS deletes the messages after 14 days.',
      },
    );
  }

  /** Connects all alarms to topics and other actions. */
  notify(...targets: (sns.ITopic | cloudwatch.IAlarmAction)[]): void {
    this.alarms.notify(...targets);
  }
}
