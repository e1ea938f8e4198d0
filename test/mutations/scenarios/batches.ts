import { expect } from 'vitest';
import { CONCURRENCY, MAX_CONCURRENCY } from '../app.ts';
import { SLOW, work } from '../fixtures/tasks.ts';
import type { World } from '../world.ts';
import { type Scenario, WINDOW_MS } from './scenario.ts';

export const gathersBatches: Scenario = async world => {
  const { client, outside } = world;
  await client.sendTask(work, { subject: 'a' });
  await world.advance(WINDOW_MS / 2);
  expect(outside.callsOf('a')).toHaveLength(0);
  await client.sendTask(work, { subject: 'b' });
  await world.advance(WINDOW_MS);
  const begun = world.lines.filter(({ text }) => text.includes('begin '));
  expect(begun).toHaveLength(2);
  expect(new Set(begun.map(({ requestId }) => requestId)).size).toBe(1);
};

export const doesNotWaitForFullBatch: Scenario = async world => {
  await sendMany(world, 'a', 'b', 'c', 'd');
  await world.idle();
  expect(world.outside.callsOf('a', 'b', 'c', 'd')).toHaveLength(3);
};

export const boundsBatchesAtWork: Scenario = async world => {
  const subjects = Array.from({ length: 12 }, (_, index) => `${SLOW}${index}`);
  await sendMany(world, ...subjects);
  await world.idle();
  const atWork = new Set(world.outside.callsOf(...subjects).map(({ pid }) => pid));
  expect(atWork.size).toBe(MAX_CONCURRENCY);
};

export const boundsRecordsAtWork: Scenario = async world => {
  const subjects = ['a', 'b', 'c'].map(id => SLOW + id);
  await sendMany(world, ...subjects);
  await world.idle();
  expect(world.outside.callsOf(...subjects)).toHaveLength(CONCURRENCY);
};

async function sendMany({ client }: World, ...subjects: readonly string[]): Promise<void> {
  await client.sendTasks(
    work,
    subjects.map(subject => ({ payload: { subject } })),
  );
}
