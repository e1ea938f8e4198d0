import type { SQSClient } from '@aws-sdk/client-sqs';
import type { RunObjects } from '../client/run-objects.ts';
import type { Clock } from '../contract/clock.ts';
import type { ConsumerConfig, QueueConfig } from '../contract/environment.ts';
import type { RunError } from '../contract/run.ts';
import type { TaskHandler } from './handle.ts';
import type { Hooks, Middleware } from './hooks.ts';
import type { Log } from './log.ts';
import type { RunStore } from './run-store.ts';

/** What every record of a consumer shares: made once, at the function's init. */
export interface Consumer {
  readonly handlers: ReadonlyMap<string, TaskHandler>;
  /** The queues this function consumes, by name. */
  readonly queues: ReadonlyMap<string, ConsumedQueue>;
  readonly sqs: SQSClient;
  readonly clock: Clock;
  /** From 0 to 1: the dice of jitter. */
  readonly random: () => number;
  readonly log: Log;
  readonly hooks: Hooks;
  readonly middleware: readonly Middleware[];
  /** Takes secrets out of an error before it is stored, logged, or sent. */
  readonly redact: (error: RunError) => RunError;
}

export type ConsumedQueue = QueueConfig & {
  readonly consumer: ConsumerConfig;
  readonly runs: RunStore;
  readonly objects: RunObjects | undefined;
};
