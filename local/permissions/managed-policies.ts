import { type Policy, parsePolicy } from './policy.ts';

const PREFIX = 'arn:aws:iam::aws:policy/';

const LOGGING = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/** What a policy of AWS's own allows, as far as it concerns the services that run here. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'service-role/AWSLambdaBasicExecutionRole': LOGGING,
  'service-role/AWSLambdaVPCAccessExecutionRole': LOGGING,
  'service-role/AWSLambdaSQSQueueExecutionRole': [
    ...LOGGING,
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
  ],
  'service-role/AWSLambdaRole': ['lambda:InvokeFunction'],
  AdministratorAccess: ['*'],
  AmazonDynamoDBFullAccess: ['dynamodb:*'],
  AmazonS3FullAccess: ['s3:*'],
  AmazonS3ReadOnlyAccess: ['s3:Get*', 's3:List*', 's3:Describe*'],
  AmazonSNSFullAccess: ['sns:*'],
  AmazonSQSFullAccess: ['sqs:*'],
  AWSXRayDaemonWriteAccess: [],
  CloudWatchLambdaInsightsExecutionRolePolicy: [],
};

/** https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html; undefined for one not known here. */
export function awsManagedPolicy(arn: string): Policy | undefined {
  const name = arn.startsWith(PREFIX) ? arn.slice(PREFIX.length) : '';
  const actions = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (actions === undefined || actions.length === 0) return actions && [];
  const statement = { Effect: 'Allow', Action: actions, Resource: '*' };
  return parsePolicy({ Statement: [statement] }, 'identity', name);
}
