import { handle } from 'cdk-background-jobs/lambda';
import { doNothing } from './do-nothing.ts';
import { failOnce, giveUp, oneStep, redeemable, withProgress } from './tasks.ts';

export const handlers = [
  handle(doNothing, () => ({ done: true })),
  handle(failOnce, (_, run) => {
    if (run.attempt === 1) throw new Error('the first attempt fails');
  }),
  handle(giveUp, () => {
    throw new Error('every attempt fails');
  }),
  handle(redeemable, (_, run) => {
    if (run.epoch === 0) throw new Error('the first life fails');
  }),
  handle(oneStep, async (_, run) => {
    await run.step('once', () => ({ done: true }));
  }),
  handle(withProgress, async (_, run) => {
    await run.progress(0.5, 'half');
  }),
];
