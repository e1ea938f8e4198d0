import { expect, it } from 'vitest';
import { FAULTS } from './fault-plan.ts';
import { runSuite } from './suite.ts';

const SEED = 21;

it('no task is lost and no keyed effect happens twice, whatever fails', { timeout: 240_000 }, async () => {
  const printed: string[] = [];
  const result = await runSuite({ seed: SEED, tasks: 300, print: text => printed.push(text) });

  expect(printed.join('\n')).toBe('');
  expect(result.summary).toMatch(
    new RegExp(`^summary: seed=${SEED} tasks=300 faults=[1-9]\\d* lost=0 doubleEffects=0 unexplained=0$`),
  );
  // Each happens in a whole run of 10,000 tasks; here chance may leave out a few.
  expect(result.faults.size).toBeGreaterThan(FAULTS.length - 4);
});

it('the same seed brings the same faults', async () => {
  const run = () => runSuite({ seed: 7, tasks: 50, print: () => {} });

  expect(await run()).toEqual(await run());
});
