import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
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
  const sqs = new SQSClient(engine.clientConfig);
  const dynamodb = new DynamoDBClient(engine.clientConfig);
  const queues = taskQueuesOf(engine);
  return {
    ...engine,
    client: createClient({ queues, sqs, dynamodb, ...(clock && { clock: taskClock(clock) }) }),
    async stop() {
      sqs.destroy();
      dynamodb.destroy();
      await engine.stop();
    },
  };
}

/** As the consumers know them, who are told of every queue once. */
function taskQueuesOf({ functions }: EngineApp): readonly QueueConfig[] {
  return functions
    .filter(({ environment }) => ENVIRONMENT_VARIABLE in environment)
    .flatMap(({ environment }) => readEnvironment(environment))
    .filter(({ consumer }) => consumer !== undefined);
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
