import type { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { TaskDefinition } from '../contract/task.ts';
import type { EntryBundling } from './entry-source.ts';
import type { PayloadBucket } from './payload-bucket.ts';
import type { RunTable } from './run-table.ts';

export interface TaskQueueProps extends TaskQueueQueueProps, TaskQueueConsumerProps {
  /** The tasks that travel through this queue: at least one, each name once. */
  readonly tasks: readonly TaskDefinition[];
  /**
   * Path of the file that exports the consumer, a TypeScript or JavaScript module; a relative one starts at the CDK
   * app's working directory.
   */
  readonly entry: string;
  /**
   * Where runs are recorded. Several task queues may share one.
   * @default a run table of this queue's own
   */
  readonly runTable?: RunTable;
  /**
   * Takes payloads that are too large for SQS (1 MiB less 16 KB for a dead letter's reason), up to 16 MiB, and large
   * results of steps. Several task queues may share one.
   * @default none: a larger payload fails at the send
   */
  readonly payloadBucket?: PayloadBucket;
  /**
   * Whether a send records its run as `queued`, two writes more. Without it a run can be read and listed from its
   * first attempt on.
   * @default true
   */
  readonly trackQueued?: boolean;
  /**
   * Age of the oldest message above which `alarms.oldestMessageAge` goes off.
   * @default 15 minutes of delay, the tasks' longest backoff and the visibility timeout together: what a message that
   * waits for its next attempt, or whose consumer crashed, explains
   */
  readonly oldestMessageAgeThreshold?: Duration;
  /**
   * What the consumer tells CloudWatch of its runs: by queue, or by queue and by task. Each metric costs $0.30 a month:
   * four or five for a queue, and as many for each task.
   * @default 'queue'
   */
  readonly metrics?: 'none' | 'queue' | 'task';
}

/** The queue and its dead-letter queue. */
export interface TaskQueueQueueProps {
  /**
   * An existing queue. Its visibility timeout, retention and redrive policy are checked where they are known: in a
   * queue of the same CDK app; of an imported one, `visibilityTimeout` and `retentionPeriod` say what it has. Without
   * `retentionPeriod` the consumer takes it to be SQS's 4 days.
   * @default a queue is made
   */
  readonly queue?: sqs.IQueue;
  /**
   * An existing dead-letter queue. Needed with an imported `queue`, which does not tell its own.
   * @default the existing queue's own; for a queue that is made, one is made with it
   */
  readonly deadLetterQueue?: sqs.IQueue;
  /**
   * Physical name of the queue; the dead-letter queue's is derived from it, and it then accepts dead letters from
   * this queue only. A FIFO queue's name ends in `.fifo`.
   * @default CloudFormation names both, and any queue of the account may use the dead-letter queue as its own
   */
  readonly queueName?: string;
  /**
   * Whether messages of a group are run in order. The dead-letter queue is FIFO too, and both deduplicate by content.
   * @default false, or what the existing queue is
   */
  readonly fifo?: boolean;
  /**
   * How long a received message is hidden. At least six times the function's timeout and the batching window.
   * @default six times the function's timeout and the batching window
   */
  readonly visibilityTimeout?: Duration;
  /**
   * How long a message may stay in the queue: one minute to 14 days. SQS deletes an older one without dead-lettering
   * it, so it must be a day longer than the tasks' retries can last, and shorter than the dead letters' retention; and
   * long enough for SQS to dead-letter a message of a function that never starts, which is received once each visibility
   * timeout. What waits longer, by a `RetryAfterError` for one, the consumer sends again in time.
   * @default 4 days
   */
  readonly retentionPeriod?: Duration;
  /** @default 14 days */
  readonly deadLetterRetentionPeriod?: Duration;
  /**
   * How long every message is held back, at most 15 minutes.
   * @default none: a message can be received at once
   */
  readonly deliveryDelay?: Duration;
  /**
   * Encrypts both queues. Producers and the consumer are granted its use.
   * @default SQS encrypts with keys of its own (SSE-SQS)
   */
  readonly encryptionKey?: kms.IKey;
}

/** The consumer function and the event source that invokes it. */
export interface TaskQueueConsumerProps {
  /**
   * Name of the entry's export.
   * @default 'handler'
   */
  readonly handler?: string;
  /**
   * Most messages of one invocation: up to 10, with a `maxBatchingWindow` on a standard queue up to 10,000.
   * @default 10
   */
  readonly batchSize?: number;
  /**
   * How long the event source gathers messages for a batch: up to 5 minutes, on standard queues only.
   * @default no batching window: the function is invoked at once
   */
  readonly maxBatchingWindow?: Duration;
  /**
   * Most invocations that the event source has running at a time, 2 to 1000.
   * @default as many as the account's concurrency allows
   */
  readonly maxConcurrency?: number;
  /**
   * Most records of one batch that are worked on side by side; on a FIFO queue, of different groups.
   * @default the batch size, at most 10
   */
  readonly concurrency?: number;
  /**
   * The function's timeout, at most 15 minutes.
   * @default the longest task timeout (on a FIFO queue once for each record of a batch) and the consumer's margin of
   * 3 seconds
   */
  readonly timeout?: Duration;
  /**
   * In MB. CPU grows with it.
   * @default 256
   */
  readonly memorySize?: number;
  /**
   * Concurrency set aside for this function alone; at least `maxConcurrency`.
   * @default none: it shares the account's concurrency
   */
  readonly reservedConcurrentExecutions?: number;
  /**
   * How long messages of a task that the consumer does not know are retried before they are dead-lettered: while a
   * deployment rolls out, a producer may know a task that the consumer does not.
   * @default 5 minutes
   */
  readonly unknownTaskGrace?: Duration;
  /**
   * Environment variables for the handlers.
   * @default none but those of the consumer itself
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * What esbuild is told beyond the defaults.
   * @default CommonJS for the function's Node, minified with names kept, source maps on, the AWS SDK inside
   */
  readonly bundling?: EntryBundling;
  /** @default no layers */
  readonly layers?: readonly lambda.ILayerVersion[];
  /**
   * X-Ray tracing.
   * @default no tracing
   */
  readonly tracing?: lambda.Tracing;
  /**
   * An existing log group for the function.
   * @default one of its own
   */
  readonly logGroup?: logs.ILogGroup;
  /**
   * How long the function's own log group keeps its logs.
   * @default one month
   */
  readonly logRetention?: logs.RetentionDays;
  /**
   * The VPC that handlers need to reach. They reach SQS and DynamoDB from there through NAT or VPC endpoints.
   * @default the function runs in no VPC
   */
  readonly vpc?: ec2.IVpc;
  /** @default the VPC's private subnets */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /** @default a security group that allows all outbound traffic, when `vpc` is given */
  readonly securityGroups?: readonly ec2.ISecurityGroup[];
}
