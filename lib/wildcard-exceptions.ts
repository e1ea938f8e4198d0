/**
 * The actions that these constructs allow on every resource, because AWS gives them no resource types.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
 * https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy
 */
export const WILDCARD_EXCEPTIONS: readonly string[] = [
  // Emitted by CDK for a state machine that is logged.
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
  // Authorized on all schedules, whatever group is asked for. https://github.com/aws/aws-cdk/issues/38201
  'scheduler:ListSchedules',
  // Emitted by CDK for a state machine that is traced.
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  // Emitted by CDK for a function with tracing.
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

/** Resources that have no names yet when they are granted: each by the one resource of ours that they belong to. */
export const PATTERN_EXCEPTIONS: readonly RegExp[] = [
  // Executions of one state machine.
  /:execution:[\w-]+:\*$/,
  // Schedules of one group that `grantSchedule` makes for them.
  /:schedule\/",\{"Ref":"\w+SendLaterDeliveryGroup\w+"\},"\/\*$/,
  // What one task queue's runs have in a payload bucket.
  /"QueueName"\]\},"\/\*$/,
  // What the runs of one export have in its bucket.
  /"\/exports(-in-progress)?\/[\w.-]+\/\*$/,
];
