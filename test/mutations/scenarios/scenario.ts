import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { ENVIRONMENT_VARIABLE } from '../../../contract/environment.ts';
import { WINDOW_SECONDS } from '../app.ts';
import { workOnce } from '../fixtures/tasks.ts';
import type { World } from '../world.ts';

/** What the unmutated app does, and a mutated one must not. */
export type Scenario = (world: World) => Promise<void>;

export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;
export const WINDOW_MS = WINDOW_SECONDS * 1000;
/** All attempts of a run, their backoffs included. */
export const RETRIES_MS = 3 * MINUTE_MS;

export async function statusOf({ client }: World, runId: string) {
  return (await client.getRun(runId))?.status;
}

/** Sends a task of one attempt, which fails. */
export async function failOnce(world: World, subject: string): Promise<string> {
  world.outside.decide(subject, () => 'fail');
  const { runId } = await world.client.sendTask(workOnce, { subject }, { groupKey: subject });
  await world.advance(2 * WINDOW_MS);
  return runId;
}

/** From now on another attempt holds the run, which never ends. */
export async function giveToAnother({ dynamodb, queue, now }: World, runId: string): Promise<void> {
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: queue.table,
      Key: { runId: { S: runId } },
      UpdateExpression: 'SET #status = :running, leaseId = :another, leaseUntil = :later',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':running': { S: 'running' },
        ':another': { S: 'another' },
        ':later': { N: String(now().getTime() + DAY_MS / 8) },
      },
    }),
  );
}

/** From now on Lambda has no room for the consumer. @returns what ends that */
export function throttleConsumer({ faults, functions }: World): { remove(): void } {
  const consumer = functions.find(({ environment }) => ENVIRONMENT_VARIABLE in environment);
  expect(consumer).toBeDefined();
  return faults.add({ function: String(consumer?.name), kind: 'throttle' });
}
