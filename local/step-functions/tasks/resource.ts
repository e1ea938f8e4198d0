/** What a Task state calls, as its `Resource` says it. */
export type TaskResource = LambdaResource | CallResource;

/** A function's own ARN: its answer is the result. */
export interface LambdaResource {
  readonly kind: 'function';
  readonly functionArn: string;
}

/** `arn:aws:states:::sqs:sendMessage.waitForTaskToken`, `arn:aws:states:::aws-sdk:s3:getObject` */
export interface CallResource {
  readonly kind: 'call';
  /** As the history names it: `lambda`, `sqs`, `aws-sdk:s3`. */
  readonly resourceType: string;
  /** As the history names it: `invoke`, `sendMessage.waitForTaskToken`. */
  readonly resource: string;
  readonly service: string;
  readonly action: string;
  readonly awaitsToken: boolean;
}

const FUNCTION_ARN = /^arn:[\w-]+:lambda:[^:]*:\d*:function:[^:]+(:[\w$-]+)?$/;
const CALL = /^arn:[\w-]+:states:[^:]*:[^:]*:((?:aws-sdk:)?[\w-]+):(\w+)(\.\w+(?::\d)?)?$/;

/** By `service:action`. Their arguments and answers are shaped by Step Functions, not by the service's API alone. */
const OPTIMIZED: ReadonlySet<string> = new Set([
  'lambda:invoke',
  'sqs:sendMessage',
  'sns:publish',
  'dynamodb:getItem',
  'dynamodb:putItem',
  'dynamodb:updateItem',
  'dynamodb:deleteItem',
]);

/** Services that speak JSON to the front door, by their name in `aws-sdk:` resources, and S3. */
const SDK_SERVICES: ReadonlySet<string> = new Set(['dynamodb', 's3', 'sfn', 'sqs']);

/** @returns the problem, in words, for what the local engine does not call. */
export function readResource(arn: string): TaskResource | { readonly problem: string } {
  if (FUNCTION_ARN.test(arn)) return { kind: 'function', functionArn: arn };
  const [, resourceType = '', action = '', pattern = ''] = CALL.exec(arn) ?? [];
  const service = resourceType.replace(/^aws-sdk:/, '');
  const known = resourceType === service ? OPTIMIZED.has(`${service}:${action}`) : SDK_SERVICES.has(service);
  if (!known) return { problem: `the resource ${arn} is not supported by the local engine` };
  if (pattern !== '' && pattern !== '.waitForTaskToken') {
    return { problem: `the integration pattern ${pattern} of ${arn} is not supported by the local engine` };
  }
  return {
    kind: 'call',
    resourceType,
    resource: action + pattern,
    service,
    action,
    awaitsToken: pattern !== '',
  };
}
