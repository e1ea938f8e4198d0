import type { RetryPolicy } from '../delivery/deliveries.ts';
import { type JsonObject, numberAt, objectAt, onlyKnown, required, stringAt } from '../json-value.ts';
import { StartError } from '../start-error.ts';
import { checkTemplate, parsePath } from './target-input.ts';

/** Where a rule sends what matches, and what of it. */
export interface RuleTarget {
  /** As it was asked for, for answers and for keeping it. */
  readonly given: JsonObject;
  readonly arn: string;
  readonly kind: 'queue' | 'function' | 'stateMachine';
  readonly roleArn: string | undefined;
  readonly input: string | undefined;
  readonly inputPath: string | undefined;
  readonly transformer:
    | { readonly paths: Readonly<Record<string, string>>; readonly template: string }
    | undefined;
  readonly messageGroupId: string | undefined;
  readonly deadLetterArn: string | undefined;
  readonly retry: RetryPolicy;
}

const MAX_PATHS = 100;

const MEMBERS = [
  'Arn',
  'DeadLetterConfig',
  'Id',
  'Input',
  'InputPath',
  'InputTransformer',
  'RetryPolicy',
  'RoleArn',
  'SqsParameters',
];

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html @throws StartError */
export function readRuleTarget(target: JsonObject): RuleTarget {
  onlyKnown(target, MEMBERS);
  const arn = required(stringAt(target, 'Arn'), 'Arn');
  required(stringAt(target, 'Id'), 'Id');
  const given = ['Input', 'InputPath', 'InputTransformer'].filter(key => key in target);
  if (given.length > 1) throw new StartError(`only one of ${given.join(' and ')} may be given`);
  const kind = kindOf(arn);
  const roleArn = stringAt(target, 'RoleArn');
  if (kind === 'stateMachine') required(roleArn, 'RoleArn');
  const inputPath = stringAt(target, 'InputPath');
  if (inputPath !== undefined) parsePath(inputPath);
  return {
    given: target,
    arn,
    kind,
    roleArn,
    input: readInput(target),
    inputPath,
    transformer: readTransformer(target),
    messageGroupId: readMessageGroupId(target, arn),
    deadLetterArn: readDeadLetterArn(target),
    retry: readRetryPolicy(objectAt(target, 'RetryPolicy') ?? {}),
  };
}

function kindOf(arn: string): RuleTarget['kind'] {
  if (/^arn:aws:sqs:[^:]+:\d{12}:[^:]+$/.test(arn)) return 'queue';
  if (/^arn:aws:lambda:[^:]+:\d{12}:function:[^:]+(:[^:]+)?$/.test(arn)) return 'function';
  if (/^arn:aws:states:[^:]+:\d{12}:stateMachine:[^:]+$/.test(arn)) return 'stateMachine';
  throw new StartError(
    `Arn must be of a queue, a function or a state machine: the local engine has no other targets of rules; got ${arn}`,
  );
}

function readInput(target: JsonObject): string | undefined {
  const input = stringAt(target, 'Input');
  if (input === undefined) return undefined;
  try {
    JSON.parse(input);
  } catch {
    throw new StartError(`Input must be JSON, got ${input}`);
  }
  return input;
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html */
function readTransformer(target: JsonObject): RuleTarget['transformer'] {
  const transformer = objectAt(target, 'InputTransformer');
  if (!transformer) return undefined;
  onlyKnown(transformer, ['InputPathsMap', 'InputTemplate']);
  const given = objectAt(transformer, 'InputPathsMap') ?? {};
  const names = Object.keys(given);
  if (names.length > MAX_PATHS) {
    throw new StartError(`InputPathsMap must have at most ${MAX_PATHS} entries, got ${names.length}`);
  }
  const paths: Record<string, string> = {};
  for (const name of names) {
    if (/^aws\./i.test(name)) throw new StartError(`InputPathsMap must not name ${name}: AWS. is reserved`);
    const path = given[name];
    if (typeof path !== 'string') {
      throw new StartError(`InputPathsMap.${name} must be a path, got ${JSON.stringify(path)}`);
    }
    parsePath(path);
    paths[name] = path;
  }
  const template = required(stringAt(transformer, 'InputTemplate'), 'InputTemplate');
  checkTemplate(template, names);
  return { paths, template };
}

function readMessageGroupId(target: JsonObject, arn: string): string | undefined {
  const parameters = objectAt(target, 'SqsParameters') ?? {};
  onlyKnown(parameters, ['MessageGroupId']);
  const groupId = stringAt(parameters, 'MessageGroupId');
  if (arn.endsWith('.fifo') && groupId === undefined) {
    throw new StartError(`SqsParameters.MessageGroupId is missing: ${arn} is a FIFO queue`);
  }
  return groupId;
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
function readDeadLetterArn(target: JsonObject): string | undefined {
  const config = objectAt(target, 'DeadLetterConfig');
  if (config === undefined) return undefined;
  const arn = required(stringAt(config, 'Arn'), 'DeadLetterConfig.Arn');
  if (/^arn:aws:sqs:[^:]+:\d{12}:[^:.]+$/.test(arn)) return arn;
  throw new StartError(`DeadLetterConfig.Arn must be the ARN of a standard queue, got ${arn}`);
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html */
function readRetryPolicy(policy: JsonObject): RetryPolicy {
  const maxRetries = within(policy, 'MaximumRetryAttempts', 0, 185);
  return { maxRetries, maxAgeMs: within(policy, 'MaximumEventAgeInSeconds', 60, 86_400) * 1000 };
}

/** @returns what is given, or the most, which is the default */
function within(policy: JsonObject, key: string, min: number, max: number): number {
  const value = numberAt(policy, key) ?? max;
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new StartError(`RetryPolicy.${key} must be a whole number from ${min} to ${max}, got ${value}`);
}
