import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { remind } from './fixtures/tasks.ts';
import { newShop, START } from './start-shop.ts';

test('two apps in one process have two times, and one may stop while the other goes on', async () => {
  const [first, second] = await Promise.all([newShop(), newShop()]);
  await first.client.sendTask(remind, { user: 'ada' });
  const { runId } = await second.client.sendTask(remind, { user: 'bob', failures: 1 });

  await Promise.all([first.advance('1d'), second.advance('30m')]);

  expect(first.now().getTime() - START.getTime()).toBe(86_400_000);
  expect(second.now().getTime() - START.getTime()).toBe(1_800_000);
  expect(first.sent(remind)).toHaveLength(1);
  await first.stop();
  expect(await second.waitForRun(runId)).toMatchObject({ result: { at: '2030-01-01T01:00:00.000Z' } });
  await second.stop();
});

const processesAndServers = () =>
  process.getActiveResourcesInfo().filter(name => /Process|TCPServer/.test(name));

test('an app that stops while handlers sleep leaves nothing behind', async () => {
  const app = await newShop();
  for (const user of ['ada', 'bob']) await app.client.sendTask(remind, { user, sleepMs: 60_000 });
  await app.idle();
  const advancing = app.advance('30s');
  expect(new Set(processesAndServers())).toEqual(new Set(['ProcessWrap', 'TCPServerWrap']));

  await app.stop();

  await advancing;
  await turnOfTheEventLoop(); // Handles that are closed are gone by then.
  expect(processesAndServers()).toEqual([]);
});

test('fails for a beginning of real time, and for a span that is none', async () => {
  const app = await newShop();
  await expect(app.advance(-1)).rejects.toThrow('advance takes 0 or more milliseconds, a duration');
  await expect(app.advance(Number.NaN)).rejects.toThrow('got NaN');
  await expect(app.advance(new Date(START.getTime() - 1))).rejects.toThrow(
    'advance takes a moment from now (2030-01-01T00:00:00.000Z) on; got 2029-12-31T23:59:59.999Z',
  );
  // @ts-expect-error: a word is no duration
  await expect(app.advance('soon')).rejects.toThrow('advance must be a number followed by ms, s, m, h or d');
  await app.stop();
});
