import { TaskQueue } from 'cdk-background-jobs';
import { beforeAll, expect, test } from 'vitest';
import { work } from './fixtures/tasks.ts';
import { startWorld, WORK, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld(shop => void new TaskQueue(shop, 'Orders', { ...WORK, fifo: true }));
  return () => world.stop();
});

test('a group waits for the retry of its first task, and another group does not', async () => {
  // GIVEN
  const { client, outside } = world;
  outside.decide('ada-1', ({ attempt }) => (attempt === 1 ? 'fail' : 'succeed'));
  const ofGroup = (groupKey: string, ...subjects: string[]) =>
    subjects.map(subject => ({ payload: { subject }, groupKey }));

  // WHEN
  const outcomes = await client.sendTasks(work, [
    ...ofGroup('ada', 'ada-1', 'ada-2', 'ada-3'),
    ...ofGroup('bob', 'bob-1'),
  ]);

  // THEN
  expect(outcomes.map(({ status }) => status)).toEqual(Array(4).fill('sent'));
  await world.drained(work);
  const calls = outside.callsOf('ada-1', 'ada-2', 'ada-3', 'bob-1');
  const order = calls.map(({ subject, attempt }) => `${subject}, attempt ${attempt}`);
  expect(order.filter(call => call.startsWith('ada'))).toEqual([
    'ada-1, attempt 1',
    'ada-1, attempt 2',
    'ada-2, attempt 1',
    'ada-3, attempt 1',
  ]);
  expect(order.indexOf('bob-1, attempt 1')).toBeLessThan(order.indexOf('ada-1, attempt 2'));
});
