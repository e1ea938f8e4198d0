import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { Alarms } from '../alarms.ts';

/** The alarms of a webhook. They notify nobody until `notify` is called, which synth warns of. */
export class WebhookAlarms extends Construct {
  /** A delivery that is right could not be sent. */
  readonly failed: cloudwatch.Alarm;
  /** Lambda did not take a delivery. */
  readonly throttled: cloudwatch.Alarm;
  /** Deliveries were refused; undefined without a function URL. */
  readonly refused: cloudwatch.Alarm | undefined;
  private readonly alarms: Alarms;

  constructor(scope: Construct, fn: lambda.IFunction, hasUrl: boolean) {
    super(scope, 'Alarms');
    const { path } = scope.node;
    this.alarms = new Alarms(this);
    this.failed = this.alarms.add('Failed', fn.metricErrors(), {
      alarmDescription:
        `Deliveries to ${path} were right and could not become tasks: a route threw, a payload did not fit its task, the ` +
        'secret could not be read, or SQS or DynamoDB refused. The log says which. Mend that, then have the provider ' +
        'deliver again what it has not by itself.',
    });
    this.throttled = this.alarms.add('Throttled', fn.metricThrottles(), {
      alarmDescription:
        `Lambda did not take deliveries to ${path}: its concurrency is used up. Raise the function's or the account's ` +
        'limit, then have the provider deliver again what it has not by itself.',
    });
    this.refused = hasUrl
      ? this.alarms.add('Refused', urlMetric(fn, 'Url4xxCount'), {
          alarmDescription:
            `Deliveries to ${path} were answered 4xx: the log says why. When the signature does not match, the secret is ` +
            'not what the provider signs with, or somebody else knows the URL.',
        })
      : undefined;
  }

  /** Connects all alarms to topics and other actions. */
  notify(...targets: (sns.ITopic | cloudwatch.IAlarmAction)[]): void {
    this.alarms.notify(...targets);
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html */
function urlMetric(fn: lambda.IFunction, metricName: string): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { FunctionName: fn.functionName },
    statistic: cloudwatch.Stats.SUM,
  });
}
