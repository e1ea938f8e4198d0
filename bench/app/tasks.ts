import { defineTask } from 'cdk-background-jobs/tasks';
import { doNothing, payload } from './do-nothing.ts';

/** Its first attempt fails. */
export const failOnce = defineTask({
  name: 'fail-once',
  payload,
  timeout: '10s',
  retry: { attempts: 2, backoff: { type: 'fixed', delay: '1s', jitter: 'none' } },
});

/** Its only attempt fails. */
export const giveUp = defineTask({ name: 'give-up', payload, timeout: '10s', retry: { attempts: 1 } });

/** Succeeds after its redrive. */
export const redeemable = defineTask({ name: 'redeemable', payload, timeout: '10s', retry: { attempts: 1 } });

export const oneStep = defineTask({ name: 'one-step', payload, timeout: '10s' });

export const withProgress = defineTask({ name: 'with-progress', payload, timeout: '10s' });

export const tasks = [doNothing, failOnce, giveUp, redeemable, oneStep, withProgress];
