import * as alarms from '../scenarios/alarms.ts';
import { changed, type Mutation, removed, resourceOf } from '../template.ts';
import { told } from '../told.ts';
import { type Case, failing } from './case.ts';

/** The topic's policy is left as CDK makes it without our grant. */
const topicWithoutCloudWatch: Mutation = {
  name: "OperationsPolicy without CloudWatch's permission to publish",
  change(template) {
    const { Properties } = resourceOf(template, 'OperationsPolicy');
    const document = Properties.PolicyDocument as { Statement: { Effect: string }[] };
    document.Statement = document.Statement.filter(({ Effect }) => Effect === 'Deny');
  },
};

export const ALARMS: readonly Case[] = [
  ...failing(
    alarms.ringsForDeadLetter,
    changed('JobsAlarmsDeadLetters', ['Threshold'], 1),
    changed('JobsAlarmsDeadLetters', ['MetricName'], 'ApproximateNumberOfMessagesNotVisible'),
    changed('JobsAlarmsDeadLetters', ['EvaluationPeriods'], 2),
    changed('JobsAlarmsDeadLetters', ['ComparisonOperator'], 'LessThanThreshold'),
    changed('JobsAlarmsDeadLetters', ['Period'], 300),
    removed('JobsAlarmsDeadLetters', 'AlarmActions'),
    removed('JobsAlarmsDeadLetters', 'Dimensions'),
    topicWithoutCloudWatch,
  ),
  ...failing(
    alarms.ringsForDeadProcess,
    changed('JobsAlarmsConsumerErrors', ['Threshold'], 1),
    changed('JobsAlarmsConsumerErrors', ['MetricName'], 'Throttles'),
    removed('JobsAlarmsConsumerErrors', 'Dimensions'),
    removed('JobsAlarmsConsumerErrors', 'AlarmActions'),
  ),
  ...failing(
    alarms.ringsForNeglectedDeadLetter,
    changed('JobsAlarmsNeglectedDeadLetters', ['Threshold'], 2 * 86_400),
    changed('JobsAlarmsNeglectedDeadLetters', ['MetricName'], 'ApproximateNumberOfMessagesDelayed'),
    removed('JobsAlarmsNeglectedDeadLetters', 'Dimensions'),
    removed('JobsAlarmsNeglectedDeadLetters', 'AlarmActions'),
  ),
  ...failing(
    alarms.ringsForBacklog,
    told('JobsConsumer', ['consumer', 'metrics'], undefined),
    changed('JobsAlarmsBacklogAge', ['Threshold'], 7200),
    changed('JobsAlarmsBacklogAge', ['MetricName'], 'Retried'),
    changed('JobsAlarmsBacklogAge', ['Namespace'], 'AWS/SQS'),
    removed('JobsAlarmsBacklogAge', 'Dimensions'),
    removed('JobsAlarmsBacklogAge', 'AlarmActions'),
  ),
  ...failing(
    alarms.ringsForThrottles,
    changed('JobsAlarmsConsumerThrottles', ['Threshold'], 1000),
    changed('JobsAlarmsConsumerThrottles', ['MetricName'], 'Errors'),
    changed('JobsAlarmsConsumerThrottles', ['EvaluationPeriods'], 1),
    removed('JobsAlarmsConsumerThrottles', 'Dimensions'),
    removed('JobsAlarmsConsumerThrottles', 'AlarmActions'),
  ),
  ...failing(
    alarms.ringsForOldMessage,
    changed('JobsAlarmsOldestMessageAge', ['Threshold'], 7200),
    changed('JobsAlarmsOldestMessageAge', ['MetricName'], 'ApproximateNumberOfMessagesDelayed'),
    removed('JobsAlarmsOldestMessageAge', 'Dimensions'),
    removed('JobsAlarmsOldestMessageAge', 'AlarmActions'),
  ),
  ...failing(
    alarms.isQuietWhenNothingRuns,
    removed('JobsAlarmsConsumerErrors', 'TreatMissingData'),
    removed('JobsAlarmsConsumerThrottles', 'TreatMissingData'),
  ),
];
