import { expect } from 'vitest';
import { work } from '../fixtures/tasks.ts';
import { attemptsAt } from './attempts.ts';
import { RETRIES_MS, type Scenario } from './scenario.ts';

export const keepsOrderOfGroup: Scenario = async world => {
  world.outside.decide('ada-1', ({ attempt }) => (attempt === 1 ? 'fail' : 'succeed'));
  const items = ['ada-1', 'ada-2'].map(subject => ({ payload: { subject }, groupKey: 'ada' }));
  await world.client.sendTasks(work, items);
  await world.advance(RETRIES_MS);
  expect(attemptsAt(world, 'ada-1', 'ada-2')).toEqual(['ada-1 1', 'ada-1 2', 'ada-2 1']);
};

export const takesEqualMessagesForOne: Scenario = async world => {
  const body = '{"task":"work","payload":{"subject":"twice"}}';
  await world.sendRaw(body, { group: 'ada' });
  await world.sendRaw(body, { group: 'ada' });
  expect(world.outside.callsOf('twice')).toHaveLength(1);
};

export const takesLettersWithoutDeduplicationId: Scenario = async world => {
  await world.sendRaw('put here by hand', { to: 'deadLetterQueue', group: 'ada' });
  expect(await world.deadLetters()).toEqual(['put here by hand']);
};
