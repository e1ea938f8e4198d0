import { expect, test } from 'vitest';
import { START, startShop } from './start-shop.ts';

test('a delayed message is handled when it is due, at that time', async () => {
  const { clock, lines, send } = await startShop('console.log(body, new Date().toISOString())');
  await send('late', 900);
  await send('now');
  await clock.idle();
  expect(lines).toEqual(['now 2030-01-01T00:00:00.000Z']);
  await clock.advanceTo(START + 899_999);
  expect(lines).toHaveLength(1);
  await clock.advanceTo(START + 900_000);
  expect(lines.slice(1)).toEqual(['late 2030-01-01T00:15:00.000Z']);
});

test('a handler sleeps as long as the clock says', async () => {
  const { clock, lines, send } = await startShop(
    'await new Promise(r => setTimeout(r, 100_000)); console.log(Date.now(), performance.now())',
  );
  await send('x');
  await clock.advanceTo(START + 99_999);
  expect(lines).toEqual([]);
  await clock.advanceTo(START + 200_000);
  expect(lines).toEqual([`${START + 100_000} 100000`]);
});

test('a handler that sleeps for longer than its timeout is timed out', async () => {
  const { clock, lines, send } = await startShop(
    'console.log("begun"); await new Promise(r => setTimeout(r, 100_000)); console.log("done")',
    { Timeout: 30 },
  );
  await send('x');
  await clock.advanceTo(START + 3_000_000);
  expect(lines).toEqual(['begun', expect.stringContaining('Task timed out after 30.00 seconds')]);
  await clock.advanceTo(START + 3_600_000 + 20_000);
  expect(lines).toHaveLength(3);
});

const SLEEPS: Readonly<Record<string, string>> = {
  setTimeout: 'await new Promise(r => setTimeout(r, 60_000))',
  'an interval':
    'await new Promise(r => { const i = setInterval(() => { clearInterval(i); r(); }, 60_000) })',
  'node:timers': 'await new Promise(r => require("node:timers").setTimeout(r, 60_000))',
  'node:timers/promises': 'await require("node:timers/promises").setTimeout(60_000)',
  'an imported function of node:timers/promises':
    'const { setTimeout: sleep } = await import("node:timers/promises"); await sleep(60_000)',
  scheduler: 'await require("node:timers/promises").scheduler.wait(60_000)',
  promisify: 'await require("node:util").promisify(setTimeout)(60_000)',
  'AbortSignal.timeout': `await new Promise(r => AbortSignal.timeout(60_000).addEventListener("abort", e => {
    if (e.target.reason.name === "TimeoutError") r();
  }))`,
  'events.once with a signal':
    'await require("node:events").once(new EventTarget(), "x", { signal: AbortSignal.timeout(60_000) }).catch(() => {})',
};

test.each(Object.entries(SLEEPS))('a handler that waits by %s waits for the clock', async (_, sleep) => {
  const { clock, lines, send } = await startShop(
    `const hr = process.hrtime.bigint(); ${sleep}; console.log(Date.now(), Number(process.hrtime.bigint() - hr) / 1e6)`,
  );
  await send('x');
  await clock.advanceTo(START + 3_600_000);
  expect(lines).toEqual([`${START + 60_000} 60000`]);
});

test('a module that waits while it loads lets the engine start', async () => {
  const { clock, lines, send } = await startShop(
    'console.log(loadedAt)',
    {},
    'let loadedAt; setTimeout(() => { loadedAt = Date.now() }, 5_000);',
  );
  await clock.advanceTo(START + 10_000);
  await send('x');
  await clock.idle();
  // The process was frozen when its timer was due: it fires when it thaws.
  expect(lines).toEqual([String(START + 10_000)]);
});

test('a handler that was frozen finds the time of its next invocation', async () => {
  const { clock, lines, send } = await startShop(
    'console.log(body, Date.now(), ticks); setInterval(() => { ticks++ }, 1_000)',
    {},
    'let ticks = 0;',
  );
  await send('first');
  await clock.advanceTo(START + 86_400_000);
  await send('second');
  await clock.idle();
  // An interval fires once for all that it missed.
  expect(lines).toEqual([`first ${START} 0`, `second ${START + 86_400_000} 1`]);
});

test('two clouds have two times', async () => {
  const [first, second] = await Promise.all([
    startShop('console.log(Date.now())'),
    startShop('console.log(Date.now())'),
  ]);
  await first.clock.advanceTo(START + 1_000);
  await first.send('x');
  await second.send('x');
  await Promise.all([first.clock.idle(), second.clock.idle()]);
  expect([...first.lines, ...second.lines]).toEqual([String(START + 1_000), String(START)]);
});
