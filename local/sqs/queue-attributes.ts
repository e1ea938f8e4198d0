import type { QueueAttributeName } from '@aws-sdk/client-sqs';
import { SQS } from '../../contract/limits.ts';
import type { RedriveAllowPolicy, RedrivePolicy } from './redrive-policy.ts';
import { ALLOW_ALL, parseRedriveAllowPolicy, parseRedrivePolicy } from './redrive-policy.ts';
import { SqsError } from './sqs-error.ts';

/** A queue's attributes as they were given, with the defaults of what was not. */
export type QueueAttributes = Readonly<Record<string, string>>;

/** What the attributes mean. */
export interface QueueSettings {
  readonly delayMs: number;
  readonly visibilityTimeoutMs: number;
  readonly retentionMs: number;
  readonly maxMessageBytes: number;
  readonly waitTimeSeconds: number;
  readonly contentBasedDeduplication: boolean;
  readonly deduplicationScope: 'queue' | 'messageGroup';
  readonly redrive: RedrivePolicy | undefined;
  readonly redriveAllow: RedriveAllowPolicy;
}

/**
 * `attributes` with `changes` made to them; an empty value takes an attribute away. Throws `InvalidAttributeName`,
 * `InvalidAttributeValue` or, for the redrive policies, `InvalidParameterValue`.
 */
export function changeAttributes(
  attributes: QueueAttributes,
  changes: QueueAttributes,
  fifo: boolean,
): QueueAttributes {
  checkEncryption(changes);
  const changed: Record<string, string> = { ...attributes };
  for (const [name, value] of Object.entries(changes)) {
    const rule = RULES.get(name);
    if (rule === undefined || (rule.fifoOnly === true && !fifo)) {
      throw new SqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    }
    if (value === '' && rule.removable === true) {
      delete changed[name];
    } else {
      rule.check(name, value);
      changed[name] = value;
    }
  }
  // Only one kind of encryption at a time.
  if (changed.KmsMasterKeyId !== undefined) changed.SqsManagedSseEnabled = 'false';
  if (changed.FifoThroughputLimit === 'perMessageGroupId' && changed.DeduplicationScope !== 'messageGroup') {
    throw invalid('FifoThroughputLimit', 'perMessageGroupId', 'It needs DeduplicationScope messageGroup.');
  }
  return changed;
}

/**
 * "Only one server-side encryption option is supported per queue", in the words of the service:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
export function checkEncryption(changes: {
  readonly KmsMasterKeyId?: string | undefined;
  readonly SqsManagedSseEnabled?: string | undefined;
}): void {
  if (!changes.KmsMasterKeyId || changes.SqsManagedSseEnabled !== 'true') return;
  throw new SqsError(
    'InvalidAttributeName',
    'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE. ' +
      `Got KmsMasterKeyId ${changes.KmsMasterKeyId} and SqsManagedSseEnabled true; leave one of them out.`,
  );
}

export function defaultAttributes(fifo: boolean): QueueAttributes {
  return {
    DelaySeconds: '0',
    MaximumMessageSize: String(SQS.maxMessageBytes),
    MessageRetentionPeriod: '345600',
    ReceiveMessageWaitTimeSeconds: '0',
    SqsManagedSseEnabled: 'true',
    VisibilityTimeout: '30',
    ...(fifo && {
      FifoQueue: 'true',
      ContentBasedDeduplication: 'false',
      DeduplicationScope: 'queue',
      FifoThroughputLimit: 'perQueue',
    }),
  } satisfies Partial<Record<QueueAttributeName, string>>;
}

export function settingsOf(attributes: QueueAttributes): QueueSettings {
  const { RedrivePolicy, RedriveAllowPolicy } = attributes;
  return {
    delayMs: Number(attributes.DelaySeconds) * 1000,
    visibilityTimeoutMs: Number(attributes.VisibilityTimeout) * 1000,
    retentionMs: Number(attributes.MessageRetentionPeriod) * 1000,
    maxMessageBytes: Number(attributes.MaximumMessageSize),
    waitTimeSeconds: Number(attributes.ReceiveMessageWaitTimeSeconds),
    contentBasedDeduplication: attributes.ContentBasedDeduplication === 'true',
    deduplicationScope: attributes.DeduplicationScope === 'messageGroup' ? 'messageGroup' : 'queue',
    redrive: RedrivePolicy === undefined ? undefined : parseRedrivePolicy(RedrivePolicy),
    redriveAllow: RedriveAllowPolicy === undefined ? ALLOW_ALL : parseRedriveAllowPolicy(RedriveAllowPolicy),
  };
}

interface Rule {
  readonly check: (name: string, value: string) => void;
  readonly fifoOnly?: boolean;
  readonly removable?: boolean;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const RULES: ReadonlyMap<string, Rule> = new Map(
  Object.entries({
    DelaySeconds: { check: integerBetween(0, SQS.maxDelaySeconds) },
    MaximumMessageSize: { check: integerBetween(1024, SQS.maxMessageBytes) },
    MessageRetentionPeriod: { check: integerBetween(SQS.minRetentionSeconds, SQS.maxRetentionSeconds) },
    ReceiveMessageWaitTimeSeconds: { check: integerBetween(0, 20) },
    VisibilityTimeout: { check: integerBetween(0, SQS.maxVisibilityTimeoutSeconds) },
    Policy: { check: json, removable: true },
    RedrivePolicy: { check: (_, value) => parseRedrivePolicy(value), removable: true },
    RedriveAllowPolicy: { check: (_, value) => parseRedriveAllowPolicy(value), removable: true },
    KmsMasterKeyId: { check: () => {}, removable: true },
    KmsDataKeyReusePeriodSeconds: { check: integerBetween(60, 86_400) },
    SqsManagedSseEnabled: { check: oneOf('true', 'false') },
    FifoQueue: { check: oneOf('true'), fifoOnly: true },
    ContentBasedDeduplication: { check: oneOf('true', 'false'), fifoOnly: true },
    DeduplicationScope: { check: oneOf('queue', 'messageGroup'), fifoOnly: true },
    FifoThroughputLimit: { check: oneOf('perQueue', 'perMessageGroupId'), fifoOnly: true },
  } satisfies Partial<Record<QueueAttributeName, Rule>>),
);

function integerBetween(min: number, max: number): Rule['check'] {
  return (name, value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max) {
      throw invalid(name, value, `Must be an integer between ${min} and ${max}.`);
    }
  };
}

function oneOf(...values: string[]): Rule['check'] {
  return (name, value) => {
    if (!values.includes(value)) throw invalid(name, value, `Must be ${values.join(' or ')}.`);
  };
}

function json(name: string, value: string): void {
  try {
    JSON.parse(value);
  } catch (error) {
    throw invalid(name, value, `Must be JSON: ${error instanceof Error ? error.message : error}.`);
  }
}

function invalid(name: string, value: string, reason: string): SqsError {
  return new SqsError(
    'InvalidAttributeValue',
    `Invalid value for the parameter ${name}: ${value}. Reason: ${reason}`,
  );
}
