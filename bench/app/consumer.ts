import { createConsumer, handle } from 'cdk-background-jobs/lambda';
import { doNothing } from './do-nothing.ts';

/** One handler, as the baselines have: more would count in its size and in its start. */
export const handler = createConsumer([handle(doNothing, () => ({ done: true }))]);
