import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { type Clock, systemClock } from '../contract/clock.ts';
import { type QueueConfig, readEnvironment } from '../contract/environment.ts';
import { createRunObjects, type RunObjects } from './run-objects.ts';
import {
  sharedDynamoDBClient,
  sharedS3Client,
  sharedSchedulerClient,
  sharedSqsClient,
} from './shared-clients.ts';

export interface ClientOptions {
  /**
   * The queues that the client may send to and read from.
   * @default what `grantSend` wrote into the function's environment, read at first use
   */
  readonly queues?: readonly QueueConfig[];
  /** @default one for the process, made at first use from the SDK's own defaults */
  readonly sqs?: SQSClient;
  /** @default one for the process, made at first use from the SDK's own defaults */
  readonly dynamodb?: DynamoDBClient;
  /** @default one for the process, loaded and made when the first payload is too large for a message */
  readonly s3?: S3Client;
  /** For delays beyond 15 minutes and for `schedules`. @default one for the process, loaded and made at first use */
  readonly scheduler?: SchedulerClient;
  /** @default the machine's time */
  readonly clock?: Clock;
  /**
   * Told when a run was sent but its `queued` row could not be written: the run is not lost, but it cannot be read or
   * listed until the consumer has it. It must not throw.
   * @default console.warn
   */
  readonly onWarning?: (warning: Error) => void;
}

/** What each verb of a client works with. Nothing of it is made before it is used. */
export interface ClientContext {
  readonly queues: readonly QueueConfig[];
  readonly sqs: SQSClient;
  readonly dynamodb: DynamoDBClient;
  readonly s3: () => Promise<S3Client>;
  readonly scheduler: () => Promise<SchedulerClient>;
  readonly clock: Clock;
  readonly warn: (warning: Error) => void;
}

export function createContext(options: ClientOptions): ClientContext {
  let { queues } = options;
  return {
    get queues() {
      queues ??= readEnvironment(process.env);
      return queues;
    },
    get sqs() {
      return options.sqs ?? sharedSqsClient();
    },
    get dynamodb() {
      return options.dynamodb ?? sharedDynamoDBClient();
    },
    s3: async () => options.s3 ?? (await sharedS3Client()),
    scheduler: async () => options.scheduler ?? (await sharedSchedulerClient()),
    clock: options.clock ?? systemClock,
    warn: options.onWarning ?? (warning => console.warn(warning)),
  };
}

/** @throws Error when the queue has no payload bucket */
export function objectsOf({ s3, clock }: ClientContext, queue: QueueConfig): RunObjects {
  const { payloads } = queue;
  if (payloads === undefined) throw new Error(`The queue ${queue.url} has no payload bucket`);
  return createRunObjects({ ...queue, payloads }, s3, clock);
}
