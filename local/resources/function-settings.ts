import { LAMBDA } from '../../contract/limits.ts';
import type { FunctionConfig } from '../lambda/lambda-service.ts';
import { StartError } from '../start-error.ts';

type Settings = Pick<FunctionConfig, 'timeoutSeconds' | 'memoryMb' | 'reservedConcurrency'> & {
  /** The template's own. */
  readonly variables: Readonly<Record<string, string>>;
};

/**
 * What Lambda refuses, so that a stack that starts here is not rolled back there.
 *
 * @throws StartError
 */
export function checkFunctionSettings(settings: Settings): void {
  const broken = RULES.map(rule => rule(settings)).find(message => message !== undefined);
  if (broken !== undefined) throw new StartError(broken);
}

/**
 * Set by Lambda itself:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
const RESERVED_VARIABLES: readonly string[] = [
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
];

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html#API_CreateFunction_RequestBody */
const MEMORY_MB = { least: 128, most: 10_240 };

/** https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html */
const VARIABLE_NAME = /^[a-zA-Z][a-zA-Z0-9_]+$/;

const RULES: readonly ((settings: Settings) => string | undefined)[] = [
  ({ timeoutSeconds }) =>
    isWhole(timeoutSeconds, 1, LAMBDA.maxTimeoutSeconds)
      ? undefined
      : `Timeout must be a whole number of seconds from 1 to ${LAMBDA.maxTimeoutSeconds}, got ${timeoutSeconds}; change the function's timeout`,
  ({ memoryMb }) =>
    isWhole(memoryMb, MEMORY_MB.least, MEMORY_MB.most)
      ? undefined
      : `MemorySize must be a whole number of MB from ${MEMORY_MB.least} to ${MEMORY_MB.most}, got ${memoryMb}; change the function's memorySize`,
  ({ reservedConcurrency = 0 }) =>
    isWhole(reservedConcurrency, 0, Number.MAX_SAFE_INTEGER)
      ? undefined
      : `ReservedConcurrentExecutions must be a whole number from 0, got ${reservedConcurrency}; change the function's reservedConcurrentExecutions`,
  ({ variables }) => {
    const reserved = Object.keys(variables).filter(name => RESERVED_VARIABLES.includes(name));
    return reserved.length > 0
      ? `Environment.Variables must not have what Lambda sets itself, got ${reserved.join(', ')}; give these other names`
      : undefined;
  },
  ({ variables }) => {
    const malformed = Object.keys(variables).filter(name => !VARIABLE_NAME.test(name));
    return malformed.length > 0
      ? `Environment.Variables must have names of two or more letters, digits and underscores that begin with a letter, got ${malformed.join(', ')}; rename these`
      : undefined;
  },
  ({ variables }) => {
    const bytes = environmentBytes(variables);
    if (bytes <= LAMBDA.maxEnvironmentBytes) return undefined;
    const [name, size] = largestOf(variables);
    return `Environment.Variables must be at most ${LAMBDA.maxEnvironmentBytes} bytes as JSON, got ${bytes}; move the largest, ${name} (${size} bytes), into the code or to Parameter Store`;
  },
];

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** Lambda measures the variables as JSON: its message for too many shows the text it has measured. */
function environmentBytes(variables: Settings['variables']): number {
  return Object.keys(variables).length === 0 ? 0 : Buffer.byteLength(JSON.stringify(variables));
}

function largestOf(variables: Settings['variables']): readonly [name: string, bytes: number] {
  const sizes = Object.entries(variables).map(([name, value]) => [name, Buffer.byteLength(value)] as const);
  return sizes.reduce((largest, next) => (next[1] > largest[1] ? next : largest), ['', 0]);
}
