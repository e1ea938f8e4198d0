import type { Breach } from '../fixtures/breaching-clients.ts';
import { leavesRunToSuccessor, retriesAfterBackoff } from '../scenarios/attempts.ts';
import { type Mutation, resourceOf } from '../template.ts';
import { type Case, failing } from './case.ts';

/** The template stays as it is but for a variable, which makes the consumer breach a rule of its own. */
function breaching(breach: Breach): Mutation {
  return {
    name: `a consumer with ${breach}`,
    change(template) {
      const { Environment } = resourceOf(template, 'JobsConsumer').Properties;
      (Environment as { Variables: Record<string, unknown> }).Variables.BREACH = breach;
    },
  };
}

/** What no fault shows here is shown by test/faults/broken.test.ts and by test/model. */
export const HANDLER: readonly Case[] = [
  ...failing(retriesAfterBackoff, breaching('noBackoffCall')),
  ...failing(leavesRunToSuccessor, breaching('unfencedFinish'), breaching('letterBeforeWrite')),
];
