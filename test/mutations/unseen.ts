const TLS = 'calls to the local engine count as made over TLS; test/lib/compliance has it checked by cdk-nag';
const SAME_LINES = 'made by the same lines for all alarms; mutated in JobsAlarmsDeadLetters';

/**
 * What our constructs write and no scenario can see the lack of, by resource or type and property: why, and what looks
 * after it instead.
 */
export const UNSEEN: Readonly<Record<string, string>> = {
  'AWS::IAM::Role.AssumeRolePolicyDocument':
    'the engine gives functions their roles without asking; CDK writes it',
  'AWS::IAM::Policy.PolicyDocument': 'taken apart grant by grant in grants.test.ts',
  'AWS::IAM::Policy.PolicyName': 'only a name',
  'AWS::Logs::LogGroup.RetentionInDays': 'nothing is kept locally; test/lib/task-queue',
  'AWS::Lambda::Function.Architectures': 'functions run on this machine; test/lib/task-queue',
  'AWS::SQS::Queue.SqsManagedSseEnabled': 'nothing is encrypted locally; test/lib/compliance',
  'AWS::SQS::QueuePolicy.PolicyDocument': TLS,
  'AWS::SQS::QueuePolicy.Queues': TLS,
  'AWS::SNS::TopicPolicy.Topics': 'CDK writes it with the policy',
  'AWS::DynamoDB::Table.BillingMode': 'nothing is billed locally; test/lib/run-table',
  'AWS::DynamoDB::Table.PointInTimeRecoverySpecification': 'nothing is recovered locally; test/lib/run-table',
  'AWS::CloudWatch::Alarm.AlarmDescription': 'for people; test/lib/task-queue-alarms',
  'AWS::CloudWatch::Alarm.ComparisonOperator': SAME_LINES,
  'AWS::CloudWatch::Alarm.EvaluationPeriods': `${SAME_LINES}; test/lib/task-queue-alarms`,
  'AWS::CloudWatch::Alarm.Namespace': 'written by CDK with the metric name',
  'AWS::CloudWatch::Alarm.Period': 'an alarm rings later or earlier with another; test/lib/task-queue-alarms',
  'AWS::CloudWatch::Alarm.Statistic': 'written by CDK with the metric name',
  'AWS::CloudWatch::Alarm.TreatMissingData': 'mutated in the alarms whose metrics can be missing',
  'JobsAlarmsConsumerThrottles.AlarmActions': SAME_LINES,
  'JobsAlarmsConsumerThrottles.Dimensions':
    'nothing throttles one consumer alone; test/lib/task-queue-alarms',
  'JobsAlarmsConsumerThrottles.MetricName':
    'nothing throttles one consumer alone; test/lib/task-queue-alarms',
  'JobsAlarmsConsumerThrottles.Threshold': 'nothing throttles one consumer alone; test/lib/task-queue-alarms',
};
