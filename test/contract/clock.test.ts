import { expect, it } from 'vitest';
import { systemClock } from '../../contract/clock.ts';

it('a sleep that is aborted ends with the reason of the abort', async () => {
  const controller = new AbortController();
  const sleep = systemClock.sleep(60_000, controller.signal);

  controller.abort(new Error('the function is about to end'));

  await expect(sleep).rejects.toThrow('the function is about to end');
  await expect(systemClock.sleep(60_000, controller.signal)).rejects.toThrow('the function is about to end');
});

it('a sleep ends when its time has passed', async () => {
  const before = systemClock.now();
  await systemClock.sleep(1);
  expect(systemClock.now()).toBeGreaterThanOrEqual(before);
});
