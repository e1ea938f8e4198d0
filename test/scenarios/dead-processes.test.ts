import { TaskQueue } from 'cdk-background-jobs';
import { beforeAll, expect, test } from 'vitest';
import { riskyWork, riskyWorkOnce } from './fixtures/tasks.ts';
import { startWorld, WORK, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld(shop => {
    const entry = 'test/scenarios/fixtures/risky-consumer.ts';
    new TaskQueue(shop, 'Risky', { ...WORK, tasks: [riskyWork, riskyWorkOnce], entry });
  });
  return () => world.stop();
});

test('a run whose process dies is taken over, or dead-lettered as lost when it was its last attempt', async () => {
  // GIVEN
  const { client, outside } = world;
  outside.decide('dies-at-first', ({ attempt }) => (attempt === 1 ? 'crash' : 'succeed'));
  outside.decide('dies', () => 'crash');

  // WHEN
  const takenOver = await client.sendTask(riskyWork, { subject: 'dies-at-first' });
  // In another invocation, so that neither takes the other down before it has begun.
  await world.local.idle();
  const lost = await client.sendTask(riskyWorkOnce, { subject: 'dies' });

  // THEN
  expect(await client.waitForRun(takenOver.runId, { timeout: '40s' })).toMatchObject({
    status: 'succeeded',
    attempt: 2,
    result: { subject: 'dies-at-first' },
  });
  expect(await client.waitForRun(lost.runId, { timeout: '15s' })).toMatchObject({
    status: 'deadLettered',
    cause: 'lost',
    attempt: 1,
    error: { name: 'RunLostError' },
  });
  expect(outside.callsOf('dies-at-first').map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(outside.callsOf('dies')).toHaveLength(1);
  await world.drained(riskyWork);
  expect((await client.countRuns(riskyWork)).deadLettered).toBe(1);
});
