import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { work } from '../fixtures/tasks.ts';
import type { World } from '../world.ts';
import { DAY_MS, giveToAnother, MINUTE_MS, type Scenario, throttleConsumer } from './scenario.ts';

/** Names of the alarms that ring, and those of which the topic was told. */
function ringing({ alarmChanges, notifications }: World) {
  const short = (text = '') => /Alarms(\w+?)[0-9A-F]{8}/.exec(text)?.[1];
  return {
    alarms: alarmChanges.filter(({ to }) => to === 'ALARM').map(({ name }) => short(name)),
    told: notifications.map(({ message }) => short(JSON.parse(message).AlarmName)),
  };
}

const both = (...names: string[]) => ({ alarms: names, told: names });

export const ringsForDeadLetter: Scenario = async world => {
  await world.advance(MINUTE_MS);
  expect(ringing(world)).toEqual(both());
  await world.sendRaw('a dead letter', { to: 'deadLetterQueue' });
  await world.advance(MINUTE_MS);
  expect(ringing(world)).toEqual(both('DeadLetters'));
  await world.sqs.send(new PurgeQueueCommand({ QueueUrl: world.queue.deadLetterUrl }));
  await world.advance(2 * MINUTE_MS);
  expect(world.alarmChanges.at(-1)).toMatchObject({ to: 'OK' });
};

export const ringsForNeglectedDeadLetter: Scenario = async world => {
  await world.sendRaw('a dead letter', { to: 'deadLetterQueue' });
  await world.advance(DAY_MS - MINUTE_MS);
  expect(ringing(world)).toEqual(both('DeadLetters'));
  await world.advance(6 * MINUTE_MS);
  expect(ringing(world)).toEqual(both('DeadLetters', 'NeglectedDeadLetters'));
};

export const ringsForDeadProcess: Scenario = async world => {
  world.outside.decide('deadly', ({ attempt }) => (attempt === 1 ? 'crash' : 'succeed'));
  await world.client.sendTask(work, { subject: 'deadly' });
  await world.advance(5 * MINUTE_MS);
  expect(ringing(world)).toEqual(both('ConsumerErrors'));
};

export const ringsForThrottles: Scenario = async world => {
  throttleConsumer(world);
  await world.client.sendTask(work, { subject: 'throttled' });
  await world.advance(9 * MINUTE_MS);
  expect(ringing(world)).toEqual(both());
  await world.advance(3 * MINUTE_MS);
  expect(ringing(world)).toEqual(both('ConsumerThrottles'));
};

export const ringsForOldMessage: Scenario = async world => {
  const { runId } = await world.client.sendTask(work, { subject: 'held' });
  await giveToAnother(world, runId);
  await world.advance(18 * MINUTE_MS);
  expect(ringing(world)).toEqual(both());
  await world.advance(8 * MINUTE_MS);
  expect(ringing(world)).toEqual(both('OldestMessageAge'));
};

export const ringsForBacklog: Scenario = async world => {
  await sendOf(world, 19);
  expect(ringing(world)).toEqual(both());
  await sendOf(world, 21);
  expect(ringing(world)).toEqual(both('BacklogAge'));
};

/** A message whose run was first sent that long ago. */
async function sendOf(world: World, minutesAgo: number): Promise<void> {
  const firstSentAt = world.now().getTime() - minutesAgo * MINUTE_MS;
  const run = { v: 1, runId: `run-${minutesAgo}`, epoch: 0, task: work.name, depth: 0, firstSentAt };
  await world.sendRaw(JSON.stringify({ ...run, payload: { subject: 'old' } }));
  await world.advance(10 * MINUTE_MS);
}

export const isQuietWhenNothingRuns: Scenario = async world => {
  await world.advance(16 * MINUTE_MS);
  expect(new Set(world.alarmChanges.map(({ to }) => to))).toEqual(new Set(['OK']));
  expect(world.alarmChanges).toHaveLength(world.alarms.length);
};
