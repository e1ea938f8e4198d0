import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { EntryBundling } from '../entry-source.ts';
import type { TaskQueue } from '../task-queue.ts';
import type { WebhookSecret } from './webhook-secret.ts';

export interface TaskWebhookProps {
  /**
   * Path of the file that exports what `createWebhook` made, a TypeScript or JavaScript module; a relative one starts at
   * the CDK app's working directory.
   */
  readonly entry: string;
  /**
   * Name of the entry's export.
   * @default 'handler'
   */
  readonly handler?: string;
  /** The task queues of the tasks that deliveries become. */
  readonly queues: readonly TaskQueue[];
  /**
   * The provider's signing secret: a secret of Secrets Manager, or a parameter of the Parameter Store, which is best a
   * `SecureString`. The function reads it at run time, at least every five minutes. While the provider changes from one
   * secret to another its value may have both, one a line.
   */
  readonly secret: WebhookSecret;
  /**
   * The field of the secret's JSON that has the signing secret, for a secret of Secrets Manager.
   * @default the secret as a whole
   */
  readonly secretField?: string;
  /**
   * Whether the function has a URL of its own, which is public: it is the signature that tells who may send. Without one,
   * make `fn` the integration of a route of your API.
   * @default true
   */
  readonly functionUrl?: boolean;
  /**
   * The most deliveries that are looked at side by side: what a flood of requests can take of the account's concurrency.
   * What is over it is answered 429.
   * @default none: all of the account's concurrency
   */
  readonly reservedConcurrentExecutions?: number;
  /**
   * In MB.
   * @default 256
   */
  readonly memorySize?: number;
  /** @default none but those of the function itself */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default as a task queue's consumer is bundled */
  readonly bundling?: EntryBundling;
  /**
   * Whether X-Ray traces the function: $5 for a million traces.
   * @default the function is not traced
   */
  readonly tracing?: lambda.Tracing;
  /** @default one month */
  readonly logRetention?: logs.RetentionDays;
}
