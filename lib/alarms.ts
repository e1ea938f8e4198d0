import { Annotations, AspectPriority, Aspects, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** Alarms that are connected together, whichever of `add`, `include` and `notify` is called first. */
export class Alarms {
  private readonly alarms: cloudwatch.Alarm[] = [];
  private readonly actions: cloudwatch.IAlarmAction[] = [];
  private readonly topics = new Set<sns.ITopic>();
  private readonly scope: Construct;

  /** @param scope what synth warns of as long as nobody is notified */
  constructor(scope: Construct) {
    this.scope = scope;
    const warn = () =>
      Annotations.of(scope).addWarningV2(
        'cdk-background-jobs:alarmsNotifyNobody',
        `${scope.node.path}: the alarms must notify somebody, got no target; call alarms.notify(topic)`,
      );
    Aspects.of(scope).add(
      { visit: node => (node === scope && this.actions.length === 0 ? warn() : undefined) },
      { priority: AspectPriority.READONLY },
    );
    // At synth, for a topic may be given its policy after it is named here.
    Aspects.of(scope).add({
      visit: node => {
        if (node === scope) for (const topic of this.topics) allowCloudWatch(topic);
      },
    });
  }

  get all(): readonly cloudwatch.Alarm[] {
    return this.alarms;
  }

  /** @param options over those of an alarm that goes off at the first value above 0 */
  add(
    id: string,
    metric: cloudwatch.Metric,
    options: Partial<cloudwatch.CreateAlarmOptions>,
  ): cloudwatch.Alarm {
    const alarm = metric.createAlarm(this.scope, id, {
      threshold: 0,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      ...options,
    });
    this.include(alarm);
    return alarm;
  }

  include(alarm: cloudwatch.Alarm): void {
    this.alarms.push(alarm);
    alarm.addAlarmAction(...this.actions);
  }

  /**
   * What returns to OK is not notified. CloudWatch is allowed to publish to a topic that has a key or a policy of its
   * own. An imported topic's owner must do that there.
   */
  notify(...targets: (sns.ITopic | cloudwatch.IAlarmAction)[]): void {
    for (const target of targets) {
      if ('topicArn' in target) this.topics.add(target);
      const action = 'topicArn' in target ? new SnsAction(target) : target;
      for (const alarm of this.alarms) alarm.addAlarmAction(action);
      this.actions.push(action);
    }
  }
}

function allowCloudWatch(topic: sns.ITopic): void {
  const cloudWatch = new iam.ServicePrincipal('cloudwatch.amazonaws.com', {
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(topic).account } },
  });
  // Without a policy of its own a topic takes what its account publishes; adding one would end that for others.
  if (topic.node.tryFindChild('Policy')) topic.grantPublish(cloudWatch);
  // Else alarms are lost in silence. https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
  topic.masterKey?.grant(cloudWatch, 'kms:Decrypt', 'kms:GenerateDataKey');
}
