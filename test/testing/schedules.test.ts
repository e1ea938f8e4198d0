import { expect, test } from 'vitest';
import { remind, remindDaily } from './fixtures/tasks.ts';
import { mayScheduleItself, startShop } from './start-shop.ts';

const startSchedulingShop = () => startShop(undefined, {}, mayScheduleItself);

async function resultsOf(app: Awaited<ReturnType<typeof startShop>>) {
  const { runs } = await app.client.listRuns({ task: remind, from: new Date('2030-01-01T00:00:00Z') });
  return runs.map(({ result }) => result);
}

test('a schedule that a handler makes by its role alone fires on the clocks of its zone', async () => {
  const app = await startSchedulingShop();
  await app.client.sendTask(remindDaily, { user: 'ada', cron: '0 8 * * ? *' });

  await app.advance('2d');

  expect(await resultsOf(app)).toEqual([
    { user: 'ada', at: '2030-01-02T07:00:00.000Z', schedule: 'ada' },
    { user: 'ada', at: '2030-01-01T07:00:00.000Z', schedule: 'ada' },
  ]);
});

test('a paused schedule fires nothing until it is resumed, and can be run by hand', async () => {
  const app = await startSchedulingShop();
  const { schedules } = app.client;
  await schedules.upsert({ key: 'ada', task: remind, payload: { user: 'ada' }, rate: '1d' });
  await app.advance('1h');

  await schedules.pause('ada');
  await app.advance('3d');
  expect(await resultsOf(app)).toHaveLength(1);
  const { runId } = await schedules.runNow('ada');
  await app.idle();
  expect(await app.client.getRun(runId)).toMatchObject({
    status: 'succeeded',
    result: { user: 'ada', at: '2030-01-04T01:00:00.000Z', schedule: 'ada' },
  });

  await schedules.resume('ada');
  await app.advance('1d');
  expect((await resultsOf(app)).length).toBeGreaterThan(2);
});

test('a changed schedule fires at its new times alone', async () => {
  const app = await startSchedulingShop();
  await app.client.sendTask(remindDaily, { user: 'ada', cron: '0 8 * * ? *' });
  await app.idle();
  await app.client.sendTask(remindDaily, { user: 'ada', cron: '0 9 * * ? *' });

  await app.advance('1d');

  expect(await resultsOf(app)).toEqual([{ user: 'ada', at: '2030-01-01T08:00:00.000Z', schedule: 'ada' }]);
});

test('a consumer that was not granted it cannot make schedules, and is told what to do', async () => {
  const app = await startShop();
  const { runId } = await app.client.sendTask(remindDaily, { user: 'ada', cron: '0 8 * * ? *' });
  await app.idle();

  expect(await app.client.getRun(runId)).toMatchObject({
    status: 'deadLettered',
    error: { message: expect.stringContaining('grantSchedule(fn)') },
  });
});
