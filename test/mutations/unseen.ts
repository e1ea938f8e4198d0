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
  'AWS::IAM::Policy.Roles': 'each grant is taken away by itself',
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
};

const NO_TRACES = 'nothing is traced locally; test/lib/compliance lists it';
const NO_ENCRYPTION =
  'nothing is encrypted locally, where DynamoDB asks for kms:Decrypt alone; test/lib/run-table';
const NO_DELIVERY = 'state machines write no logs locally; test/lib/compliance lists it';

/** What our constructs let a role do with a key and no scenario can see the lack of. */
export const UNSEEN_ON_KEYS: Readonly<Record<string, string>> = {
  'kms:DescribeKey': NO_ENCRYPTION,
  'kms:Encrypt': NO_ENCRYPTION,
  'kms:GenerateDataKeyWithoutPlaintext': NO_ENCRYPTION,
  'kms:ReEncryptFrom': NO_ENCRYPTION,
  'kms:ReEncryptTo': NO_ENCRYPTION,
};

/** The same of everything else. */
export const UNSEEN_ACTIONS: Readonly<Record<string, string>> = {
  'xray:PutTraceSegments': NO_TRACES,
  'xray:PutTelemetryRecords': NO_TRACES,
  'xray:GetSamplingRules': NO_TRACES,
  'xray:GetSamplingTargets': NO_TRACES,
  'logs:CreateLogDelivery': NO_DELIVERY,
  'logs:GetLogDelivery': NO_DELIVERY,
  'logs:UpdateLogDelivery': NO_DELIVERY,
  'logs:DeleteLogDelivery': NO_DELIVERY,
  'logs:ListLogDeliveries': NO_DELIVERY,
  'logs:PutResourcePolicy': NO_DELIVERY,
  'logs:DescribeResourcePolicies': NO_DELIVERY,
  'logs:DescribeLogGroups': NO_DELIVERY,
};

const SAME_FUNCTION = 'made by the same lines as a consumer, where it is mutated';
const NO_EXECUTIONS = 'the engine counts no executions; test/lib/workflow';
const BY_CDK = 'CDK writes it with what is mutated';

/** The same of a workflow. */
export const UNSEEN_OF_WORKFLOW: Readonly<Record<string, string>> = {
  'ErrandsSteps.Code': SAME_FUNCTION,
  'ErrandsSteps.Handler': SAME_FUNCTION,
  'ErrandsSteps.LoggingConfig': SAME_FUNCTION,
  'ErrandsSteps.MemorySize': SAME_FUNCTION,
  'ErrandsSteps.Role': SAME_FUNCTION,
  'ErrandsSteps.Runtime': SAME_FUNCTION,
  'AWS::Lambda::Function.TracingConfig': NO_TRACES,
  'AWS::Lambda::EventInvokeConfig.Qualifier': BY_CDK,
  'AWS::StepFunctions::StateMachine.LoggingConfiguration': NO_DELIVERY,
  'AWS::StepFunctions::StateMachine.TracingConfiguration': NO_TRACES,
  'AWS::Events::Rule.Description': 'for people',
  'AWS::Lambda::Permission.FunctionName': BY_CDK,
  'AWS::Lambda::Permission.Principal': BY_CDK,
  'AWS::Lambda::Permission.SourceArn': BY_CDK,
  'AWS::CloudWatch::Alarm.AlarmActions': SAME_LINES,
  'AWS::CloudWatch::Alarm.Threshold': SAME_LINES,
  'ErrandsAlarmsFailed.Dimensions': NO_EXECUTIONS,
  'ErrandsAlarmsFailed.MetricName': NO_EXECUTIONS,
  'ErrandsAlarmsTimedOut.Dimensions': NO_EXECUTIONS,
  'ErrandsAlarmsTimedOut.MetricName': NO_EXECUTIONS,
  'ErrandsAlarmsThrottled.Dimensions': NO_EXECUTIONS,
  'ErrandsAlarmsThrottled.MetricName': NO_EXECUTIONS,
};

const NO_BUCKET_RULES = 'kept without effect locally; test/lib/payload-bucket, test/lib/export';

/** The same of a payload bucket, an event trigger and a webhook. */
export const UNSEEN_OF_INTAKE: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket.BucketEncryption': NO_BUCKET_RULES,
  'AWS::S3::Bucket.LifecycleConfiguration': NO_BUCKET_RULES,
  'AWS::S3::Bucket.PublicAccessBlockConfiguration': NO_BUCKET_RULES,
  'AWS::S3::BucketPolicy.Bucket': TLS,
  'AWS::S3::BucketPolicy.PolicyDocument': TLS,
  'HeardUndeliveredAlarm.Dimensions': BY_CDK,
  'DoorFunction.Code': SAME_FUNCTION,
  'DoorFunction.Handler': SAME_FUNCTION,
  'DoorFunction.LoggingConfig': SAME_FUNCTION,
  'DoorFunction.MemorySize': SAME_FUNCTION,
  'DoorFunction.Role': SAME_FUNCTION,
  'DoorFunction.Runtime': SAME_FUNCTION,
  'DoorFunction.Timeout': 'nothing that it does takes long locally; test/lib/webhook',
  'AWS::Lambda::Url.AuthType': 'signatures of requests are not checked locally; test/lib/webhook',
  'AWS::Lambda::Permission.FunctionName': BY_CDK,
  'AWS::Lambda::Permission.FunctionUrlAuthType': BY_CDK,
  'AWS::Lambda::Permission.InvokedViaFunctionUrl': BY_CDK,
  'AWS::Lambda::Permission.Principal': BY_CDK,
  'DoorAlarmsFailed.AlarmActions': SAME_LINES,
  'DoorAlarmsFailed.Dimensions': BY_CDK,
  'DoorAlarmsFailed.Threshold': SAME_LINES,
  'DoorAlarmsRefused.AlarmActions': SAME_LINES,
  'DoorAlarmsRefused.Threshold': SAME_LINES,
  'DoorAlarmsThrottled.AlarmActions': SAME_LINES,
  'DoorAlarmsThrottled.Dimensions': BY_CDK,
  'DoorAlarmsThrottled.Threshold': SAME_LINES,
};

/** The same of what an export adds to a workflow. */
export const UNSEEN_OF_EXPORTS: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket.BucketEncryption': NO_BUCKET_RULES,
  'AWS::S3::Bucket.LifecycleConfiguration': NO_BUCKET_RULES,
  'AWS::S3::Bucket.PublicAccessBlockConfiguration': NO_BUCKET_RULES,
  'AWS::S3::BucketPolicy.Bucket': TLS,
  'AWS::S3::BucketPolicy.PolicyDocument': TLS,
  'NumbersWorkflowSteps.Environment.BACKGROUND_JOBS_WORKFLOWS': 'mutated in a workflow, which wrote it',
  'NumbersWorkflowSteps.MemorySize': 'no export here needs it; test/lib/export',
};

const SAME_UNDELIVERED = 'made by the same lines as that of an event trigger, where it is mutated';

/** The same of what schedules add to a queue. */
export const UNSEEN_OF_SCHEDULES: Readonly<Record<string, string>> = {
  'HourlyUndeliveredQueue.MessageRetentionPeriod': SAME_UNDELIVERED,
  'HourlyUndeliveredAlarm.AlarmActions': SAME_UNDELIVERED,
  'HourlyUndeliveredAlarm.Dimensions': SAME_UNDELIVERED,
  'HourlyUndeliveredAlarm.MetricName': SAME_UNDELIVERED,
  'HourlyUndeliveredAlarm.Threshold': SAME_UNDELIVERED,
  'JobsSendLaterUndeliveredQueue.MessageRetentionPeriod': SAME_UNDELIVERED,
  'JobsSendLaterUndeliveredAlarm.AlarmActions': SAME_UNDELIVERED,
  'JobsSendLaterUndeliveredAlarm.Dimensions': SAME_UNDELIVERED,
  'JobsSendLaterUndeliveredAlarm.MetricName': SAME_UNDELIVERED,
  'JobsSendLaterUndeliveredAlarm.Threshold': SAME_UNDELIVERED,
};
