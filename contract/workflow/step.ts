import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type DurationString, parseDuration } from '../duration.ts';
import { DEADLINE_MARGIN_MS, LAMBDA } from '../limits.ts';
import type { ExponentialBackoff, FixedBackoff } from '../retry-policy.ts';

/** One unit of a workflow: a handler's name, what it takes and what it answers. */
export interface StepOptions<
  Name extends string,
  Input extends StandardSchemaV1,
  Output extends StandardSchemaV1,
> {
  /** 1 to 60 of `a-z A-Z 0-9 . _ -`, beginning with a letter. */
  readonly name: Name;
  /** A schema of any Standard Schema library. The handler gets what it answers. */
  readonly input: Input;
  /** What the handler's result is checked against before the workflow goes on with it. */
  readonly output: Output;
  readonly retry?: StepRetry;
  /**
   * How long one attempt may take, at most 897 s.
   * @default '30s'
   */
  readonly timeout?: DurationString;
  /**
   * How long a handler may be silent, from 1 s to less than the timeout: an attempt that calls neither `heartbeat()` nor
   * `progress()` for so long has failed with `StepHeartbeatTimeoutError`, and is tried again.
   * @default it may be silent for its whole timeout
   */
  readonly heartbeat?: DurationString;
}

/** How a failed attempt is followed by another. Each retry is a state transition. */
export interface StepRetry {
  /**
   * Attempts in all, the first included, 1 to 100.
   * @default 4
   */
  readonly attempts?: number;
  /**
   * Step Functions has no `equal` jitter and no custom backoff.
   * @default exponential: 2 s, doubled up to 1 minute, full jitter
   */
  readonly backoff?: StepBackoff;
  /**
   * Names of errors after which there is another attempt.
   * @default all but `NonRetryableError`, and a payload or result that its schema refuses
   */
  readonly errors?: readonly string[];
}

type StepBackoff =
  | (Omit<FixedBackoff, 'jitter'> & { readonly jitter?: StepJitter })
  | (Omit<ExponentialBackoff, 'jitter'> & { readonly jitter?: StepJitter });

type StepJitter = 'none' | 'full';

export interface StepDefinition<
  Name extends string = string,
  Input extends StandardSchemaV1 = StandardSchemaV1,
  Output extends StandardSchemaV1 = StandardSchemaV1,
> {
  readonly name: Name;
  readonly input: Input;
  readonly output: Output;
  readonly policy: StepPolicy;
}

/** Defaults filled in. */
export interface StepPolicy {
  readonly attempts: number;
  readonly baseSeconds: number;
  readonly factor: number;
  readonly maxSeconds: number;
  readonly jitter: StepJitter;
  readonly errors: readonly string[];
  readonly timeoutSeconds: number;
  readonly heartbeatSeconds?: number;
}

export type StepInput<Step extends StepDefinition> = StandardSchemaV1.InferInput<Step['input']>;
export type StepOutput<Step extends StepDefinition> = StandardSchemaV1.InferOutput<Step['output']>;

const MAX_ATTEMPTS = 100;

/** By these names, a state machine knows what another attempt cannot help. */
export const FINAL_ERRORS: readonly string[] = ['NonRetryableError', 'RunEndedError', 'WorkflowValueError'];

/**
 * Declares a step of workflows.
 *
 * @throws RangeError when an option is out of its range, naming the step, the value and what is allowed
 * @example
 * ```ts
 * import { defineStep } from 'cdk-background-jobs/tasks';
 * import * as z from 'zod';
 *
 * export const fetchIssue = defineStep({
 *   name: 'fetch-issue',
 *   input: z.object({ repository: z.string(), number: z.int() }),
 *   output: z.object({ comments: z.int(), assigned: z.boolean() }),
 *   timeout: '20s',
 * });
 * ```
 */
export function defineStep<
  const Name extends string,
  Input extends StandardSchemaV1,
  Output extends StandardSchemaV1,
>(options: StepOptions<Name, Input, Output>): StepDefinition<Name, Input, Output> {
  const { name, input, output } = options;
  if (!isStepName(name)) {
    throw new RangeError(
      `a step's name must be 1 to 60 of a-z A-Z 0-9 . _ - and begin with a letter, got '${name}'`,
    );
  }
  return { name, input, output, policy: resolvePolicy(options, key => `step '${name}': ${key}`) };
}

function isStepName(name: string): boolean {
  return /^[a-zA-Z][a-zA-Z0-9._-]{0,59}$/.test(name);
}

type What = (option: string) => string;

function resolvePolicy(
  {
    retry = {},
    timeout = '30s',
    heartbeat,
  }: Pick<StepOptions<string, StandardSchemaV1, StandardSchemaV1>, 'retry' | 'timeout' | 'heartbeat'>,
  what: What,
): StepPolicy {
  const { attempts = 4, backoff = DEFAULT_BACKOFF, errors = ['States.ALL'] } = retry;
  if (!Number.isInteger(attempts) || attempts < 1 || attempts > MAX_ATTEMPTS) {
    throw new RangeError(
      `${what('retry.attempts')} must be a whole number from 1 to ${MAX_ATTEMPTS}, got ${attempts}`,
    );
  }
  const timeoutSeconds = toSeconds(timeout, what('timeout'));
  const longest = LAMBDA.maxTimeoutSeconds - DEADLINE_MARGIN_MS / 1000;
  if (timeoutSeconds < 1 || timeoutSeconds > longest) {
    throw new RangeError(
      `${what('timeout')} must be from 1s to ${longest}s (Lambda's ${LAMBDA.maxTimeoutSeconds} s less a margin), ` +
        `got ${timeout}; split longer work into several steps`,
    );
  }
  const heartbeatSeconds = heartbeat === undefined ? undefined : toSeconds(heartbeat, what('heartbeat'));
  if (heartbeatSeconds !== undefined && (heartbeatSeconds < 1 || heartbeatSeconds >= timeoutSeconds)) {
    throw new RangeError(
      `${what('heartbeat')} must be at least 1s and shorter than the timeout of ${timeoutSeconds}s, got ${heartbeat}`,
    );
  }
  if (errors.length === 0) {
    throw new RangeError(
      `${what('retry.errors')} must name an error, got none; without another attempt: attempts: 1`,
    );
  }
  return {
    attempts,
    errors,
    timeoutSeconds,
    ...(heartbeatSeconds !== undefined && { heartbeatSeconds }),
    ...resolveBackoff(backoff, option => what(`retry.backoff.${option}`)),
  };
}

function resolveBackoff(
  backoff: StepBackoff,
  what: What,
): Pick<StepPolicy, 'baseSeconds' | 'factor' | 'maxSeconds' | 'jitter'> {
  if (backoff.type === 'fixed') {
    const delay = delaySeconds(backoff.delay, what('delay'));
    return { baseSeconds: delay, factor: 1, maxSeconds: delay, jitter: backoff.jitter ?? 'none' };
  }
  const { factor = 2, jitter = 'full' } = backoff;
  const baseSeconds = delaySeconds(backoff.base, what('base'));
  const maxSeconds = delaySeconds(backoff.max, what('max'));
  if (!(factor >= 1 && factor < Infinity)) {
    throw new RangeError(`${what('factor')} must be 1 or more and finite, got ${factor}`);
  }
  if (maxSeconds < baseSeconds) {
    throw new RangeError(
      `${what('max')} must be at least the base (${backoff.base}), got ${backoff.max}; raise max or lower base`,
    );
  }
  return { baseSeconds, factor, maxSeconds, jitter };
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
const LONGEST_DELAY_SECONDS = 365 * 86_400;

function delaySeconds(delay: DurationString, what: string): number {
  const seconds = toSeconds(delay, what);
  if (seconds <= LONGEST_DELAY_SECONDS) return seconds;
  throw new RangeError(`${what} must be at most 365d, got ${delay}; lower it, or have the flow wait`);
}

function toSeconds(text: DurationString, what: string): number {
  return Math.ceil(parseDuration(text, what) / 1000);
}

const DEFAULT_BACKOFF: StepBackoff = { type: 'exponential', base: '2s', max: '1m' };
