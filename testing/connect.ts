import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createClient } from '../client/create-client.ts';
import type { Clock as TaskClock } from '../contract/clock.ts';
import { ENVIRONMENT_VARIABLE, type QueueConfig, readEnvironment } from '../contract/environment.ts';
import type { Clock } from '../local/clock.ts';
import type { LocalApp as EngineApp } from '../local/start-local.ts';
import type { LocalApp } from './start-local.ts';

/**
 * Adds the client of the app's task queues.
 *
 * @param clock where it is not the machine's
 */
export function connect(engine: EngineApp, clock?: Clock): LocalApp {
  const { clientConfig } = engine;
  const sqs = new SQSClient(clientConfig);
  const dynamodb = new DynamoDBClient(clientConfig);
  const s3 = new S3Client(clientConfig);
  const scheduler = new SchedulerClient(clientConfig);
  return {
    ...engine,
    client: createClient({
      queues: taskQueuesOf(engine),
      sqs,
      dynamodb,
      s3,
      scheduler,
      ...(clock && { clock: taskClock(clock) }),
    }),
    async stop() {
      for (const client of [sqs, dynamodb, s3, scheduler]) client.destroy();
      await engine.stop();
    },
  };
}

/**
 * As the consumers know them, who are told of every queue once. What may be sent for later is known to the functions
 * alone that may do so.
 */
function taskQueuesOf({ functions }: EngineApp): readonly QueueConfig[] {
  const known = functions
    .filter(({ environment }) => ENVIRONMENT_VARIABLE in environment)
    .flatMap(({ environment }) => readEnvironment(environment));
  const schedulesOf = new Map(known.flatMap(({ url, schedules }) => (schedules ? [[url, schedules]] : [])));
  return known
    .filter(({ consumer }) => consumer !== undefined)
    .map(queue => {
      const schedules = schedulesOf.get(queue.url);
      return { ...queue, ...(schedules && { schedules }) };
    });
}

function taskClock({ now, setTimer }: Clock): TaskClock {
  return {
    now,
    sleep: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        const abort = () => {
          timer.cancel();
          reject(signal?.reason);
        };
        const timer = setTimer(() => {
          signal?.removeEventListener('abort', abort);
          resolve();
        }, delayMs);
        if (signal?.aborted) abort();
        else signal?.addEventListener('abort', abort, { once: true });
      }),
  };
}
