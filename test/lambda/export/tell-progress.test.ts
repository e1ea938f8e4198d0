import { expect, test } from 'vitest';
import { paced } from '../../../lambda/export/tell-progress.ts';

test('between its beginning and its end, an export is told of every two seconds', async () => {
  let now = 0;
  const told: string[] = [];
  const clock = { now: () => now, sleep: () => Promise.reject(new Error('nothing waits here')) };
  const { tell } = paced(clock, async ({ rows }) => {
    told.push(`${rows} rows at ${now}`);
  });
  await tell({ pages: 0, rows: 0, done: false });
  for (let pages = 1; pages <= 5; pages++) {
    now = pages * 900;
    await tell({ pages, rows: pages, done: pages === 5 });
  }
  expect(told).toEqual(['0 rows at 0', '3 rows at 2700', '5 rows at 4500']);
});
