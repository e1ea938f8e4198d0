import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createManualClock } from '../../../local/time/manual-clock.ts';

const START = Date.UTC(2030, 0, 1);

test('time stands still while work is held', async () => {
  const clock = createManualClock(START);
  const release = clock.hold();
  const advancing = clock.advanceTo(START + 1000);
  for (let turn = 0; turn < 20; turn++) await setImmediate();
  expect(clock.now()).toBe(START);
  release();
  release(); // Twice counts once.
  await advancing;
  expect(clock.now()).toBe(START + 1000);
});

test('held work that waits for time lets it pass, and holds it again when it goes on', async () => {
  const clock = createManualClock(START);
  const release = clock.hold();
  const waited = Promise.withResolvers<void>();
  clock.setTimer(waited.resolve, 500);
  const times: number[] = [];
  const working = clock.letPass(waited.promise).then(async () => {
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    times.push(clock.now());
    release();
  });
  await clock.advanceTo(START + 1000);
  await working;
  expect(times).toEqual([START + 500]);
});

test('a timer whose work is held is done before the next', async () => {
  const clock = createManualClock(START);
  const times: number[] = [];
  for (const delayMs of [10, 20]) {
    clock.setTimer(() => {
      const release = clock.hold();
      void setImmediate().then(() => {
        times.push(clock.now());
        release();
      });
    }, delayMs);
  }
  await clock.advanceTo(START + 30);
  expect(times).toEqual([START + 10, START + 20]);
});

test('is idle once what is due now is done, and what that has made due', async () => {
  const clock = createManualClock(START);
  const done: string[] = [];
  clock.setTimer(() => {
    done.push('now');
    clock.setTimer(() => done.push('then'), 0);
    clock.setTimer(() => done.push('later'), 1);
  }, 0);
  await clock.idle();
  expect(done).toEqual(['now', 'then']);
});

test('housekeeping is done when it is due, before the work of that time, and nobody waits for it', async () => {
  const clock = createManualClock(START);
  const done: string[] = [];
  clock.setTimer(() => done.push('work'), 1000);
  clock.setTimer(() => done.push('housekeeping'), 1000, 'housekeeping');
  clock.setTimer(() => done.push('early housekeeping'), 10, 'housekeeping');
  expect(await clock.nextDueAt()).toBe(START + 1000);
  await clock.advanceTo(START + 1000);
  expect(done).toEqual(['early housekeeping', 'housekeeping', 'work']);
  clock.setTimer(() => {}, 1000, 'housekeeping');
  expect(await clock.nextDueAt()).toBe(Number.POSITIVE_INFINITY);
});

test('moves that are asked for at once are made one after another', async () => {
  const clock = createManualClock(START);
  const times: number[] = [];
  const moves = [START + 10, START + 30, START + 20].map(async at => {
    await clock.advanceTo(at);
    times.push(clock.now());
  });
  await Promise.all(moves);
  expect(times).toEqual([START + 10, START + 30, START + 30]);
});

test('an error of a timer ends the advance at its time', async () => {
  const clock = createManualClock(START);
  clock.setTimer(() => {
    throw new Error('broken');
  }, 10);
  await expect(clock.advanceTo(START + 20)).rejects.toThrow('broken');
  expect(clock.now()).toBe(START + 10);
  await clock.advanceTo(START + 20);
});

test('the time is one of whole milliseconds, whatever is waited for', async () => {
  const clock = createManualClock(0);
  const times: number[] = [];
  clock.setTimer(() => times.push(clock.now()), 10.25);
  await clock.advanceTo(20.5);
  expect([...times, clock.now()]).toEqual([11, 21]);
});
