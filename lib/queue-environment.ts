import { Lazy, Stack, Token } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ENVIRONMENT_VARIABLE, type QueueConfig } from '../contract/environment.ts';
import { LAMBDA } from '../contract/limits.ts';

const CONSTRUCT_ID = 'BackgroundJobs';

/** Of Lambda's 4 KB for all variables of a function, this much may be ours. */
const MAX_OWN_BYTES = 3072;

/** What a queue's URL, an ARN or a table's name is counted as when CloudFormation chooses it: about its longest. */
const TOKEN_BYTES = 130;

/**
 * The variable in which a function finds its task queues: one for all of them, written at synth, so that the order of
 * grants does not matter and the queues may lie in other stacks.
 */
export class QueueEnvironment extends Construct {
  private readonly configs = new Map<string, QueueConfig>();
  private readonly fn: lambda.Function;

  static of(fn: lambda.Function): QueueEnvironment {
    const existing = fn.node.tryFindChild(CONSTRUCT_ID) as QueueEnvironment | undefined;
    return existing ?? new QueueEnvironment(fn);
  }

  private constructor(fn: lambda.Function) {
    super(fn, CONSTRUCT_ID);
    this.fn = fn;
    fn.addEnvironment(
      ENVIRONMENT_VARIABLE,
      Lazy.string({ produce: () => Stack.of(fn).toJsonString([...this.configs.values()]) }),
    );
    this.node.addValidation({ validate: () => [...this.ambiguousTasks(), ...this.tooLarge()] });
  }

  /** @param queuePath the queue's construct path; what is added again is merged */
  add(queuePath: string, config: QueueConfig): void {
    this.configs.set(queuePath, { ...this.configs.get(queuePath), ...config });
  }

  private ambiguousTasks(): string[] {
    const pathsOfTask = new Map<string, string[]>();
    for (const [path, { tasks }] of this.configs) {
      for (const task of tasks) pathsOfTask.set(task, [...(pathsOfTask.get(task) ?? []), path]);
    }
    return [...pathsOfTask]
      .filter(([, paths]) => paths.length > 1)
      .map(
        ([task, paths]) =>
          `${this.fn.node.path}: each task must have one queue among those granted to a function, got task '${task}' ` +
          `in ${paths.join(' and ')}; grant one of them, or give the task another name in one`,
      );
  }

  private tooLarge(): string[] {
    const sizes = [...this.configs].map(([path, config]) => ({ path, bytes: estimateBytes(config) }));
    const ownBytes = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    const allBytes = ownBytes + otherVariablesBytes(this.fn);
    const listed = sizes.map(({ path, bytes }) => `${path} (${bytes})`).join(', ');
    const fix = 'shorten task names, or split the function so that each part is granted fewer queues';
    if (ownBytes > MAX_OWN_BYTES) {
      return [
        `${this.fn.node.path}: the environment variable ${ENVIRONMENT_VARIABLE} must be at most ${MAX_OWN_BYTES} bytes, ` +
          `got about ${ownBytes} for ${listed}; ${fix}`,
      ];
    }
    if (allBytes > LAMBDA.maxEnvironmentBytes) {
      return [
        `${this.fn.node.path}: all environment variables of a function must be at most ${LAMBDA.maxEnvironmentBytes} ` +
          `bytes, got about ${allBytes}, of them ${ownBytes} in ${ENVIRONMENT_VARIABLE} for ${listed}; ${fix}, or move ` +
          'other variables to Parameter Store',
      ];
    }
    return [];
  }
}

function estimateBytes(config: QueueConfig): number {
  const text = JSON.stringify(config, (_, value: unknown) =>
    typeof value === 'string' && Token.isUnresolved(value) ? '-'.repeat(TOKEN_BYTES) : value,
  );
  return Buffer.byteLength(text);
}

/** Tokens in them count nothing, so that no function is refused that Lambda would take. */
function otherVariablesBytes(fn: lambda.Function): number {
  const variables = environmentOf(fn);
  return Object.entries(variables)
    .filter(([name]) => name !== ENVIRONMENT_VARIABLE)
    .reduce(
      (sum, [name, value]) =>
        sum + Buffer.byteLength(name) + (typeof value === 'string' ? Buffer.byteLength(value) : 0),
      0,
    );
}

/** A function's variables as they stand in the template: strings, or CloudFormation expressions. */
export function environmentOf(fn: lambda.Function): Record<string, unknown> {
  const resource = fn.node.defaultChild as lambda.CfnFunction;
  const environment = Stack.of(fn).resolve(resource.environment) as
    | { variables?: Record<string, unknown> }
    | undefined;
  return environment?.variables ?? {};
}
