import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { type Clock, systemClock } from '../contract/clock.ts';
import { type QueueConfig, readEnvironment } from '../contract/environment.ts';
import { sharedDynamoDBClient, sharedSqsClient } from './shared-clients.ts';

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
    clock: options.clock ?? systemClock,
    warn: options.onWarning ?? (warning => console.warn(warning)),
  };
}
