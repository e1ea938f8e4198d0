import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { work } from '../fixtures/tasks.ts';
import { DAY_MS, MINUTE_MS, type Scenario, statusOf, throttleConsumer, WINDOW_MS } from './scenario.ts';

export const keepsDeadLettersForTwoWeeks: Scenario = async world => {
  await world.sendRaw('a dead letter', { to: 'deadLetterQueue' });
  await world.advance(14 * DAY_MS - MINUTE_MS);
  expect(await world.deadLetters()).toEqual(['a dead letter']);
};

export const runsWhatWaitsForHours: Scenario = async world => {
  await world.sendRaw('{"task":"work","payload":{"subject":"later"}}', { delaySeconds: 900 });
  await world.advance(900_000 + WINDOW_MS);
  expect(world.outside.callsOf('later')).toHaveLength(1);
};

/** Batches that Lambda has no room for are tried again while they are hidden: few receives are spent on that. */
export const outlastsThrottling: Scenario = async world => {
  const fault = throttleConsumer(world);
  const { runId } = await world.client.sendTask(work, { subject: 'throttled' });
  await world.advance(75 * MINUTE_MS);
  expect(await statusOf(world, runId)).toBe('queued');
  fault.remove();
  await world.advance(MINUTE_MS);
  expect(await statusOf(world, runId)).toBe('succeeded');
};

const UNKNOWN = '{"task":"of-the-next-version","payload":{}}';

const RAW = '{"task":"work","payload":{"subject":"raw"}}';

/** What the consumer cannot settle, for the run table does not answer, waits longer and longer: for hours and hours. */
export const leavesToSqsWhatComesForEver: Scenario = async world => {
  world.faults.add({ service: 'dynamodb', action: 'UpdateItem', kind: 'serverError' });
  await world.sendRaw(RAW);
  await world.advance(DAY_MS / 2);
  expect(await world.count()).toBe(0);
  expect(await world.deadLetters()).toEqual([RAW]);
};

export const retriesUnknownTask: Scenario = async world => {
  await world.sendRaw(UNKNOWN);
  await world.advance(WINDOW_MS);
  expect(await world.deadLetters()).toEqual([]);
  expect(await world.count()).toBe(1);
};

export const forgetsRuns: Scenario = async world => {
  const { runId } = await world.client.sendTask(work, { subject: 'forgotten' });
  await world.advance(WINDOW_MS);
  const key = { TableName: world.queue.table, Key: { runId: { S: runId } } };
  const read = async () => (await world.dynamodb.send(new GetItemCommand(key))).Item;
  const nowMs = world.now().getTime();
  expect(Number((await read())?.expiresAt?.N) * 1000).toBeGreaterThan(nowMs + DAY_MS);
  await world.dynamodb.send(
    new UpdateItemCommand({
      ...key,
      UpdateExpression: 'SET expiresAt = :soon',
      ExpressionAttributeValues: { ':soon': { N: String(Math.ceil(nowMs / 1000) + 60) } },
    }),
  );
  await world.advance(10 * MINUTE_MS);
  expect(await read()).toBeUndefined();
};
