import { SCHEDULER } from '../../contract/limits.ts';
import type { RetryPolicy } from '../delivery/deliveries.ts';
import { type JsonObject, numberAt, objectAt, onlyKnown, required, stringAt } from '../json-value.ts';
import { StartError } from '../start-error.ts';

/** What a schedule sends, where, and as whom. */
export interface Target {
  /** As it was asked for, for answers and for keeping it. */
  readonly given: JsonObject;
  /** As given: a queue's or a function's ARN, or that of an API operation. */
  readonly arn: string;
  readonly kind: 'queue' | 'function' | 'sendMessage';
  readonly roleArn: string;
  readonly input: string | undefined;
  readonly messageGroupId: string | undefined;
  readonly deadLetterArn: string | undefined;
  readonly retry: RetryPolicy;
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html */
const SEND_MESSAGE = 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage';

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Target.html @throws StartError */
export function readTarget(target: JsonObject): Target {
  onlyKnown(target, ['Arn', 'DeadLetterConfig', 'Input', 'RetryPolicy', 'RoleArn', 'SqsParameters']);
  const arn = required(stringAt(target, 'Arn'), 'Target.Arn');
  const roleArn = required(stringAt(target, 'RoleArn'), 'Target.RoleArn');
  if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(roleArn)) {
    throw new StartError(`Target.RoleArn must be the ARN of a role, got ${roleArn}`);
  }
  const kind = kindOf(arn);
  const input = stringAt(target, 'Input');
  checkInput(kind, input);
  return {
    given: target,
    arn,
    kind,
    roleArn,
    input,
    messageGroupId: readMessageGroupId(target, arn),
    deadLetterArn: readDeadLetterArn(target),
    retry: readRetryPolicy(objectAt(target, 'RetryPolicy') ?? {}),
  };
}

function kindOf(arn: string): Target['kind'] {
  if (arn === SEND_MESSAGE) return 'sendMessage';
  if (/^arn:aws:sqs:[^:]+:\d{12}:[^:]+$/.test(arn)) return 'queue';
  if (/^arn:aws:lambda:[^:]+:\d{12}:function:[^:]+(:[^:]+)?$/.test(arn)) return 'function';
  throw new StartError(
    `Target.Arn must be the ARN of a queue, of a function, or ${SEND_MESSAGE}: the local engine has no other targets; got ${arn}`,
  );
}

function checkInput(kind: Target['kind'], input: string | undefined): void {
  const bytes = Buffer.byteLength(input ?? '');
  if (bytes > SCHEDULER.maxInputBytes) {
    throw new StartError(`Target.Input must be at most ${SCHEDULER.maxInputBytes} bytes, got ${bytes}`);
  }
  if (kind === 'queue') return;
  if (kind === 'sendMessage' && input === undefined) {
    throw new StartError('Target.Input is missing: it is the parameters of SendMessage as JSON');
  }
  try {
    JSON.parse(input ?? '{}');
  } catch {
    throw new StartError(
      `Target.Input must be JSON for ${kind === 'function' ? 'a function' : 'SendMessage'}, got ${input}`,
    );
  }
}

/** FIFO queues need one: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_SqsParameters.html */
function readMessageGroupId(target: JsonObject, arn: string): string | undefined {
  const parameters = objectAt(target, 'SqsParameters') ?? {};
  onlyKnown(parameters, ['MessageGroupId']);
  const groupId = stringAt(parameters, 'MessageGroupId');
  if (arn.endsWith('.fifo') && groupId === undefined) {
    throw new StartError(`Target.SqsParameters.MessageGroupId is missing: ${arn} is a FIFO queue`);
  }
  return groupId;
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html */
function readDeadLetterArn(target: JsonObject): string | undefined {
  const config = objectAt(target, 'DeadLetterConfig');
  if (config === undefined) return undefined;
  const arn = required(stringAt(config, 'Arn'), 'Target.DeadLetterConfig.Arn');
  if (/^arn:aws:sqs:[^:]+:\d{12}:[^:.]+$/.test(arn)) return arn;
  throw new StartError(`Target.DeadLetterConfig.Arn must be the ARN of a standard queue, got ${arn}`);
}

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html */
function readRetryPolicy(policy: JsonObject): RetryPolicy {
  const { maxRetryAttempts, minEventAgeSeconds, maxEventAgeSeconds } = SCHEDULER;
  const maxRetries = within(policy, 'MaximumRetryAttempts', 0, maxRetryAttempts);
  const maxAgeSeconds = within(policy, 'MaximumEventAgeInSeconds', minEventAgeSeconds, maxEventAgeSeconds);
  return { maxRetries, maxAgeMs: maxAgeSeconds * 1000 };
}

/** @returns what is given, or the most, which is the default */
function within(policy: JsonObject, key: string, min: number, max: number): number {
  const value = numberAt(policy, key) ?? max;
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new StartError(
    `Target.RetryPolicy.${key} must be a whole number from ${min} to ${max}, got ${value}`,
  );
}
