import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../contract/clock.ts';
import { watchStep } from '../../lambda/workflow/step-watch.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function watch(policy: { timeoutSeconds: number; heartbeatSeconds?: number }) {
  const watched = watchStep(systemClock, policy, 'the attempt');
  const expired = watched.expired.catch((error: unknown) => error);
  return { ...watched, expired };
}

const SILENT = { name: 'StepHeartbeatTimeoutError', message: 'the attempt said nothing for 5 s' };
const LATE = { name: 'StepTimeoutError', message: 'the attempt took longer than 20 s' };

test('an attempt that says nothing for as long as its heartbeat is over', async () => {
  const { signal, expired } = watch({ timeoutSeconds: 20, heartbeatSeconds: 5 });
  await vi.advanceTimersByTimeAsync(4999);
  expect(signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(signal.reason).toMatchObject(SILENT);
  expect(await expired).toBe(signal.reason);
});

test('each heartbeat gives it as long again', async () => {
  const { signal, beat } = watch({ timeoutSeconds: 20, heartbeatSeconds: 5 });
  await vi.advanceTimersByTimeAsync(3000);
  beat();
  await vi.advanceTimersByTimeAsync(4000);
  beat();
  await vi.advanceTimersByTimeAsync(4999);
  expect(signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(signal.reason).toMatchObject(SILENT);
});

test('but no longer than its timeout', async () => {
  const { signal, beat, expired } = watch({ timeoutSeconds: 20, heartbeatSeconds: 5 });
  for (let second = 1; second <= 20; second++) {
    expect(signal.aborted).toBe(false);
    beat();
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(await expired).toMatchObject(LATE);
});

test('without a heartbeat it may be silent', async () => {
  const { expired, signal } = watch({ timeoutSeconds: 20 });
  await vi.advanceTimersByTimeAsync(19_999);
  expect(signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await expired).toMatchObject(LATE);
});

test('no timer is left of an attempt that has ended', async () => {
  const { signal, stop } = watch({ timeoutSeconds: 20, heartbeatSeconds: 5 });
  await stop();
  expect(vi.getTimerCount()).toBe(0);
  expect(signal.aborted).toBe(false);
});
