import { expect } from 'vitest';
import { LARGE, work } from '../fixtures/tasks.ts';
import { failOnce, type Scenario, statusOf, WINDOW_MS } from './scenario.ts';

export const logsJson: Scenario = async world => {
  await world.client.sendTask(work, { subject: 'logged' }, { groupKey: 'logs' });
  await world.advance(WINDOW_MS);
  const lines = world.lines.map(({ text }): unknown => JSON.parse(text));
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'INFO', message: 'begin logged', requestId: expect.any(String) }),
  );
};

export const namesSourcesInStacks: Scenario = async world => {
  const runId = await failOnce(world, 'broken');
  const run = await world.client.getRun(runId);
  expect(run?.error?.stack).toMatch(/ask-outside\.ts:\d+/);
};

export const holdsMuchInMemory: Scenario = async world => {
  const { runId } = await world.client.sendTask(work, { subject: LARGE });
  await world.advance(WINDOW_MS);
  expect(await statusOf(world, runId)).toBe('succeeded');
};
