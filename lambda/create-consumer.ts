import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createRunObjects } from '../client/run-objects.ts';
import { sharedDynamoDBClient, sharedS3Client, sharedSqsClient } from '../client/shared-clients.ts';
import { type Clock, systemClock } from '../contract/clock.ts';
import { type QueueConfig, queueNameOf, readEnvironment } from '../contract/environment.ts';
import type { RunError } from '../contract/run.ts';
import type { ConsumedQueue, Consumer } from './consumer.ts';
import type { TaskHandler } from './handle.ts';
import type { Hooks, Middleware } from './hooks.ts';
import { createLog, type Log } from './log.ts';
import { processBatch } from './process-batch.ts';
import { createRedact } from './redact.ts';
import { createRunStore } from './run-store.ts';

export interface ConsumerOptions {
  /**
   * The queues that this function consumes.
   * @default what `TaskQueue` wrote into the function's environment
   */
  readonly queues?: readonly QueueConfig[];
  /** @default a client with the SDK's defaults */
  readonly sqs?: SQSClient;
  /** @default a client with the SDK's defaults */
  readonly dynamodb?: DynamoDBClient;
  /** @default a client with the SDK's defaults, loaded for the first run that has something in the payload bucket */
  readonly s3?: S3Client;
  /** @default the machine's time */
  readonly clock?: Clock;
  /** The dice of backoff's jitter, from 0 to 1. @default Math.random */
  readonly random?: () => number;
  /** @default a line of JSON to standard output */
  readonly log?: Log;
  /** Around every handler, the first outermost. @default none */
  readonly middleware?: readonly Middleware[];
  /** Told what became of attempts. @default none */
  readonly hooks?: Hooks;
  /**
   * Takes secrets out of an error, its causes included, before it is stored, logged, or sent to the dead-letter queue.
   * When it throws, the error is withheld.
   * @default errors are recorded as they were thrown, bounded in size
   */
  readonly redact?: (error: RunError) => RunError;
}

/** The Lambda entry of a consumer. */
export type ConsumerFunction = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/**
 * Makes the Lambda function that runs the tasks of a `TaskQueue`.
 *
 * @throws Error at the function's init, when handlers and the queue's tasks are not the same set, a task has two
 * handlers, or Powertools' idempotency is switched off
 * @example
 * ```ts
 * import { createConsumer, handle } from 'cdk-background-jobs/lambda';
 * import { sendWelcomeEmail } from './tasks.ts';
 *
 * export const handler = createConsumer([
 *   handle(sendWelcomeEmail, async (payload, run) => {
 *     await mailer.send(payload, { idempotencyKey: run.idempotencyKey('send') });
 *   }),
 * ]);
 * ```
 */
export function createConsumer(
  handlers: readonly TaskHandler[],
  options: ConsumerOptions = {},
): ConsumerFunction {
  const { clock = systemClock } = options;
  const dynamodb = options.dynamodb ?? sharedDynamoDBClient();
  const queues = (options.queues ?? readEnvironment(process.env)).filter(isConsumed);
  refuseSwitchedOffIdempotency();
  const consumer: Consumer = {
    handlers: byTask(handlers),
    queues: new Map(
      queues.map(queue => [
        queueNameOf(queue),
        {
          ...queue,
          runs: createRunStore(dynamodb, queue.table),
          objects: objectsOf(queue, async () => options.s3 ?? (await sharedS3Client()), clock),
        },
      ]),
    ),
    sqs: options.sqs ?? sharedSqsClient(),
    clock,
    random: options.random ?? Math.random,
    log: options.log ?? createLog(() => clock.now()),
    middleware: options.middleware ?? [],
    hooks: options.hooks ?? {},
    redact: createRedact(options.redact),
  };
  checkComplete(consumer);
  return (event, context) => processBatch(event, context, consumer);
}

function isConsumed(queue: QueueConfig): queue is Omit<ConsumedQueue, 'runs' | 'objects'> {
  return queue.consumer !== undefined;
}

function objectsOf(queue: QueueConfig, s3: () => Promise<S3Client>, clock: Clock) {
  const { payloads } = queue;
  return payloads === undefined ? undefined : createRunObjects({ ...queue, payloads }, s3, clock);
}

function byTask(handlers: readonly TaskHandler[]): Consumer['handlers'] {
  const map = new Map<string, TaskHandler>();
  for (const handler of handlers) {
    const { name } = handler.task;
    if (map.has(name))
      throw new Error(`Task '${name}' has two handlers in createConsumer; remove one of them`);
    map.set(name, handler);
  }
  return map;
}

/** What synth cannot see: which handlers the entry really has. */
function checkComplete({ handlers, queues }: Consumer): void {
  const tasks = new Set([...queues.values()].flatMap(queue => queue.tasks));
  const unhandled = [...tasks].filter(task => !handlers.has(task));
  if (unhandled.length > 0) {
    throw new Error(
      `No handler for ${quoted(unhandled)}: add handle(…) for it to createConsumer, or take it out of the TaskQueue's tasks`,
    );
  }
  const unsent = [...handlers.keys()].filter(task => !tasks.has(task));
  if (unsent.length > 0) {
    throw new Error(
      `A handler for ${quoted(unsent)}, which no queue of this consumer carries: add it to the TaskQueue's tasks ` +
        `(${quoted([...tasks])}), or remove the handler`,
    );
  }
}

const quoted = (names: readonly string[]) => names.map(name => `'${name}'`).join(', ') || 'none';

/** With it, Powertools would call handlers without a claim: no retry would be counted and no duplicate seen. */
function refuseSwitchedOffIdempotency(): void {
  const value = process.env.POWERTOOLS_IDEMPOTENCY_DISABLED;
  if (value !== undefined && !['', '0', 'false', 'no', 'n', 'off', 'f'].includes(value.toLowerCase())) {
    throw new Error(
      `POWERTOOLS_IDEMPOTENCY_DISABLED is '${value}': runs would be neither claimed nor counted; remove it from the ` +
        "function's environment",
    );
  }
}
