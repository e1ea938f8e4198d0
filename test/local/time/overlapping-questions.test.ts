import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { watchInputAndOutput } from '../../../local/lambda/time/input-and-output.ts';

test('those who ask while others wait for their answers do not keep them from it', async () => {
  const told: (readonly string[])[] = [];
  const { finished } = watchInputAndOutput(what => told.push(what));
  await finished([]);
  const asked: Promise<void>[] = [];
  for (let turn = 0; turn < 500; turn++) {
    asked.push(finished([]));
    await setImmediate();
  }
  await Promise.all(asked);
  expect(told).toEqual([]);
});
