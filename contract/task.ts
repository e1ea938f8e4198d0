import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type DurationString, formatDuration, parseDuration } from './duration.ts';
import { DEADLINE_MARGIN_MS, LAMBDA } from './limits.ts';
import { type ResolvedRetryPolicy, type RetryPolicy, resolveRetryPolicy } from './retry-policy.ts';

/** What a task is: a name, the shape of its payload, and how its runs are to be treated. */
export interface TaskOptions<Name extends string, Schema extends StandardSchemaV1> {
  /**
   * Names the task in messages, runs, logs and metrics: 1 to 128 of `a-z A-Z 0-9 . _ -`, beginning with a letter or
   * digit. Renaming a task strands the messages that carry its old name.
   */
  readonly name: Name;
  /**
   * A schema of any Standard Schema library (zod, valibot, arktype, …). The producer validates against it before it
   * sends, the consumer before it runs the handler. https://standardschema.dev
   */
  readonly payload: Schema;
  /** @default 5 attempts, exponential backoff from 10 s to 1 h with full jitter */
  readonly retry?: RetryPolicy;
  /**
   * How long one attempt may take before `run.signal` aborts and the attempt has failed. At most 897 s: Lambda's 15
   * minutes less the consumer's margin.
   * @default '30s'
   */
  readonly timeout?: DurationString;
  /**
   * A run that has not started its first attempt by then is dead-lettered as expired, not started.
   * @default a run is started however late
   */
  readonly maxAge?: DurationString;
  /** How long a finished run can be read, and how long copies of its message are recognised. */
  readonly retention?: Retention;
  /** Where the runs' idempotency keys come from, and what becomes of a second send. */
  readonly idempotency?: Idempotency<Schema>;
}

export interface Idempotency<Schema extends StandardSchemaV1> {
  /**
   * The key of a send that gives none: what in the payload makes two sends the same run. Messages from elsewhere that
   * have no `id` get it, too.
   * @param payload as the handler gets it
   * @returns undefined for a run of its own
   * @default no key: each send is a run of its own
   */
  key?(payload: StandardSchemaV1.InferOutput<Schema>): string | undefined;
  /**
   * How long a key stands for its run after that has succeeded; then its next send is a new run. At most
   * `retention.succeeded`.
   * @default `retention.succeeded`
   */
  readonly remember?: DurationString;
  /**
   * What a second send gets while the run is queued, running or retrying: the run, with `duplicate: true`, or a
   * `DuplicateRunError`.
   * @default 'return'
   */
  readonly ifActive?: IfDuplicate;
  /**
   * The same once the run has succeeded, was dead-lettered, or was canceled.
   * @default 'return'
   */
  readonly ifFinished?: IfDuplicate;
}

export type IfDuplicate = 'return' | 'throw';

export interface Retention {
  /** @default '30d' */
  readonly succeeded?: DurationString;
  /** @default '30d' */
  readonly deadLettered?: DurationString;
  /** @default '30d' */
  readonly canceled?: DurationString;
}

/** A task as `defineTask` answers it. Producers, the consumer and the CDK app share it. */
export interface TaskDefinition<
  Name extends string = string,
  Schema extends StandardSchemaV1 = StandardSchemaV1,
> {
  readonly name: Name;
  readonly payload: Schema;
  /** Defaults filled in, durations in milliseconds. */
  readonly policy: TaskPolicy;
  /** The idempotency key that the definition gives a payload. */
  keyOf?(payload: StandardSchemaV1.InferOutput<Schema>): string | undefined;
}

export interface TaskPolicy {
  readonly retry: ResolvedRetryPolicy;
  readonly timeoutMs: number;
  readonly maxAgeMs: number | undefined;
  readonly retentionMs: {
    readonly succeeded: number;
    readonly deadLettered: number;
    readonly canceled: number;
  };
  readonly idempotency: {
    readonly rememberMs: number;
    readonly ifActive: IfDuplicate;
    readonly ifFinished: IfDuplicate;
  };
}

/** What `sendTask` takes for a task. */
export type PayloadInput<Task extends TaskDefinition> = StandardSchemaV1.InferInput<Task['payload']>;

/** What the task's handler gets: the schema's output, transformations applied. */
export type PayloadOutput<Task extends TaskDefinition> = StandardSchemaV1.InferOutput<Task['payload']>;

const DEFAULT_RETENTION: DurationString = '30d';

/**
 * Declares a task: the contract between who sends it and who runs it.
 *
 * @throws RangeError when an option is out of its range, naming the task, the value and what is allowed
 * @example
 * ```ts
 * import { defineTask } from 'cdk-background-jobs/tasks';
 * import * as z from 'zod';
 *
 * export const sendWelcomeEmail = defineTask({
 *   name: 'send-welcome-email',
 *   payload: z.object({ userId: z.string(), email: z.email() }),
 *   retry: { attempts: 5, backoff: { type: 'exponential', base: '10s', max: '1h' } },
 *   timeout: '30s',
 * });
 * ```
 */
export function defineTask<const Name extends string, Schema extends StandardSchemaV1>(
  options: TaskOptions<Name, Schema>,
): TaskDefinition<Name, Schema> {
  const { name, payload } = options;
  if (!isTaskName(name)) {
    throw new RangeError(
      `a task's name must be 1 to 128 of a-z A-Z 0-9 . _ - and begin with a letter or digit, got '${name}'`,
    );
  }
  const keyOf = options.idempotency?.key?.bind(options.idempotency);
  const policy = resolvePolicy(options, option => `task '${name}': ${option}`);
  return { name, payload, policy, ...(keyOf && { keyOf }) };
}

type PolicyOptions = Omit<TaskOptions<string, StandardSchemaV1>, 'name' | 'payload' | 'idempotency'> & {
  readonly idempotency?: Omit<Idempotency<StandardSchemaV1>, 'key'>;
};

function resolvePolicy(options: PolicyOptions, what: (option: string) => string): TaskPolicy {
  const { retry, timeout = '30s', maxAge, retention = {} } = options;
  const retentionMs = (outcome: keyof Retention) =>
    parseDuration(retention[outcome] ?? DEFAULT_RETENTION, what(`retention.${outcome}`));
  return {
    retry: resolveRetryPolicy(retry, what('retry')),
    timeoutMs: parseTimeout(timeout, what('timeout')),
    maxAgeMs: maxAge === undefined ? undefined : parseDuration(maxAge, what('maxAge')),
    retentionMs: {
      succeeded: retentionMs('succeeded'),
      deadLettered: retentionMs('deadLettered'),
      canceled: retentionMs('canceled'),
    },
    idempotency: resolveIdempotency(options, retentionMs('succeeded'), what),
  };
}

function resolveIdempotency(
  { idempotency = {} }: PolicyOptions,
  keptMs: number,
  what: (option: string) => string,
): TaskPolicy['idempotency'] {
  const { remember, ifActive = 'return', ifFinished = 'return' } = idempotency;
  for (const [option, value] of Object.entries({ ifActive, ifFinished })) {
    if (value !== 'return' && value !== 'throw') {
      throw new RangeError(`${what(`idempotency.${option}`)} must be 'return' or 'throw', got '${value}'`);
    }
  }
  const rememberMs = remember === undefined ? keptMs : parseDuration(remember, what('idempotency.remember'));
  if (rememberMs > keptMs) {
    throw new RangeError(
      `${what('idempotency.remember')} must be at most retention.succeeded (${formatDuration(keptMs)}), got ` +
        `${remember}: a key is remembered in its run's item; raise retention.succeeded or lower remember`,
    );
  }
  return { rememberMs, ifActive, ifFinished };
}

export function isTaskName(value: unknown): value is string {
  return typeof value === 'string' && /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}$/.test(value);
}

function parseTimeout(timeout: DurationString, what: string): number {
  const timeoutMs = parseDuration(timeout, what);
  const maxMs = LAMBDA.maxTimeoutSeconds * 1000 - DEADLINE_MARGIN_MS;
  if (timeoutMs < 1 || timeoutMs > maxMs) {
    throw new RangeError(
      `${what} must be from 1ms to ${maxMs / 1000}s (Lambda's ${LAMBDA.maxTimeoutSeconds} s less a margin of ` +
        `${DEADLINE_MARGIN_MS / 1000} s), got ${timeout}; split longer work into several runs or a workflow`,
    );
  }
  return timeoutMs;
}

/** What holds for messages whose task has no definition here. */
export const DEFAULT_POLICY: TaskPolicy = resolvePolicy({}, option => option);
