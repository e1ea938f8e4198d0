import { expect } from 'vitest';
import type { Answer } from '../../scenarios/outside.ts';
import { BACKOFF_MS, IN_FIVE_DAYS, work, workOnce } from '../fixtures/tasks.ts';
import type { World } from '../world.ts';
import { logsJson } from './function.ts';
import {
  DAY_MS,
  failOnce,
  giveToAnother,
  RETRIES_MS,
  type Scenario,
  statusOf,
  WINDOW_MS,
} from './scenario.ts';

export const runsTask: Scenario = async world => {
  const { runId } = await world.client.sendTask(work, { subject: 'ada' });
  await world.advance(WINDOW_MS);
  expect(await world.client.getRun(runId)).toMatchObject({
    status: 'succeeded',
    attempt: 1,
    result: { subject: 'ada' },
  });
  expect(await world.count()).toBe(0);
};

export const retriesWithoutNeighbours: Scenario = async world => {
  const { client, outside } = world;
  outside.decide('broken', ({ attempt }) => (attempt < 3 ? 'fail' : 'succeed'));
  const items = ['broken', 'sound'].map(subject => ({ payload: { subject }, groupKey: subject }));
  const sent = await client.sendTasks(work, items);
  await world.advance(RETRIES_MS);
  const runs = sent.map(outcome => (outcome.status === 'sent' ? outcome.runId : ''));
  expect(await Promise.all(runs.map(runId => statusOf(world, runId)))).toEqual(['succeeded', 'succeeded']);
  expect(attemptsAt(world, 'broken', 'sound').toSorted()).toEqual([
    'broken 1',
    'broken 2',
    'broken 3',
    'sound 1',
  ]);
};

export const deadLettersWithReason: Scenario = async world => {
  const runId = await failOnce(world, 'broken');
  expect(await statusOf(world, runId)).toBe('deadLettered');
  const letters = await world.deadLetters();
  expect(letters.map(body => JSON.parse(body))).toMatchObject([
    { runId, epoch: 1, deadLetter: { cause: 'attemptsUsedUp', error: { message: 'broken is broken' } } },
  ]);
};

export const retriesAfterBackoff: Scenario = async world => {
  world.outside.decide('broken', ({ attempt }) => (attempt === 1 ? 'fail' : 'succeed'));
  await world.client.sendTask(work, { subject: 'broken' });
  await world.advance(2 * (WINDOW_MS + BACKOFF_MS));
  expect(attemptsAt(world, 'broken')).toEqual(['broken 1', 'broken 2']);
};

export const leavesRunToSuccessor: Scenario = async world => {
  const { runId } = await world.client.sendTask(workOnce, { subject: 'broken' });
  world.outside.decide('broken', async (): Promise<Answer> => {
    await giveToAnother(world, runId);
    return 'fail';
  });
  await world.advance(2 * WINDOW_MS);
  expect(attemptsAt(world, 'broken')).toEqual(['broken 1']);
  expect(await statusOf(world, runId)).toBe('running');
  expect(await world.deadLetters()).toEqual([]);
};

const runsWhatOutlivesItsMessage: Scenario = async world => {
  await world.client.sendTask(work, { subject: IN_FIVE_DAYS }, { groupKey: 'days' });
  await world.advance(5 * DAY_MS + RETRIES_MS);
  expect(attemptsAt(world, IN_FIVE_DAYS)).toEqual(['in-five-days 1', 'in-five-days 2']);
};

/** All that the consumer's role must allow. */
export const consumes: Scenario = async world => {
  await retriesWithoutNeighbours(world);
  await deadLettersWithReason(world);
  await logsJson(world);
  await runsWhatOutlivesItsMessage(world);
};

/** Each attempt in the order in which they began: `ada 2`. */
export function attemptsAt({ outside }: World, ...subjects: string[]): string[] {
  return outside.callsOf(...subjects).map(({ subject, attempt }) => `${subject} ${attempt}`);
}
