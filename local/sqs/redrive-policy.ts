import { SQS } from '../../contract/limits.ts';
import { SqsError } from './sqs-error.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

export interface RedriveAllowPolicy {
  readonly permission: 'allowAll' | 'denyAll' | 'byQueue';
  readonly sourceQueueArns: readonly string[];
}

export const ALLOW_ALL: RedriveAllowPolicy = { permission: 'allowAll', sourceQueueArns: [] };

const DEFAULT_MAX_RECEIVE_COUNT = 10;
const MAX_SOURCE_QUEUE_ARNS = 10;

export function parseRedrivePolicy(text: string): RedrivePolicy {
  const invalid = (reason: string) => invalidPolicy('RedrivePolicy', text, reason);
  const { deadLetterTargetArn, maxReceiveCount, ...rest } = parseObject(text, invalid);
  if (typeof deadLetterTargetArn !== 'string')
    throw invalid('deadLetterTargetArn must be the ARN of a queue.');
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw invalid(`Unknown parameter ${unknown}.`);
  // The AWS CLI and older tools send the count as a string.
  const count = Number(maxReceiveCount ?? DEFAULT_MAX_RECEIVE_COUNT);
  if (!Number.isInteger(count) || count < 1 || count > SQS.maxReceiveCount) {
    throw invalid(
      `Invalid value for maxReceiveCount: ${count}, valid values are from 1 to ${SQS.maxReceiveCount}.`,
    );
  }
  return { deadLetterTargetArn, maxReceiveCount: count };
}

export function parseRedriveAllowPolicy(text: string): RedriveAllowPolicy {
  const invalid = (reason: string) => invalidPolicy('RedriveAllowPolicy', text, reason);
  const { redrivePermission: permission, sourceQueueArns } = parseObject(text, invalid);
  if (permission !== 'allowAll' && permission !== 'denyAll' && permission !== 'byQueue') {
    throw invalid('redrivePermission must be allowAll, denyAll or byQueue.');
  }
  if (permission !== 'byQueue') {
    if (sourceQueueArns !== undefined)
      throw invalid('sourceQueueArns is allowed only with redrivePermission byQueue.');
    return { permission, sourceQueueArns: [] };
  }
  if (!isListOfStrings(sourceQueueArns) || sourceQueueArns.length === 0) {
    throw invalid('redrivePermission byQueue needs sourceQueueArns, a list of queue ARNs.');
  }
  if (sourceQueueArns.length > MAX_SOURCE_QUEUE_ARNS) {
    throw invalid(
      `sourceQueueArns can hold ${MAX_SOURCE_QUEUE_ARNS} ARNs, got ${sourceQueueArns.length}; use allowAll.`,
    );
  }
  return { permission, sourceQueueArns };
}

export interface RedriveEnd {
  readonly arn: string;
  readonly fifo: boolean;
}

export interface RedriveTarget extends RedriveEnd {
  readonly settings: { readonly redriveAllow: RedriveAllowPolicy };
}

/** Whether the queue named by the policy may be this source's dead-letter queue. Throws `InvalidParameterValue`. */
export function checkRedrive(source: RedriveEnd, target: RedriveTarget | undefined, text: string): void {
  const invalid = (reason: string) => invalidPolicy('RedrivePolicy', text, reason);
  if (target === undefined) throw invalid('Dead letter target does not exist.');
  if (target.arn === source.arn) throw invalid('A queue cannot be its own dead-letter queue.');
  if (target.fifo !== source.fifo) {
    throw invalid('Dead-letter queue must be same type of queue as the source.');
  }
  const { permission, sourceQueueArns } = target.settings.redriveAllow;
  if (permission === 'denyAll' || (permission === 'byQueue' && !sourceQueueArns.includes(source.arn))) {
    throw invalid(
      `The RedriveAllowPolicy of ${target.arn} does not allow ${source.arn} as a source (${permission}).`,
    );
  }
}

function parseObject(text: string, invalid: (reason: string) => SqsError): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(`It must be JSON: ${error instanceof Error ? error.message : error}.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('It must be a JSON object.');
  return { ...value };
}

function isListOfStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string');
}

function invalidPolicy(attribute: string, text: string, reason: string): SqsError {
  return new SqsError(
    'InvalidParameterValue',
    `Value ${text} for parameter ${attribute} is invalid. Reason: ${reason}`,
  );
}
