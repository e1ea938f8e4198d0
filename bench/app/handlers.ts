import { handle } from 'cdk-background-jobs/lambda';
import { doNothing, failOnce, giveUp } from './tasks.ts';

export const handlers = [
  handle(doNothing, () => ({ done: true })),
  handle(failOnce, (_, run) => {
    if (run.attempt === 1) throw new Error('the first attempt fails');
  }),
  handle(giveUp, () => {
    throw new Error('every attempt fails');
  }),
];
