import { defineTask } from 'cdk-background-jobs/tasks';

export interface Payload {
  readonly userId: string;
  readonly email: string;
}

/** Written by hand, so that no schema library counts in the consumer's size and time: the baselines have none. */
const payload = {
  '~standard': {
    version: 1,
    vendor: 'bench',
    validate: (value: unknown) =>
      isPayload(value) ? { value } : { issues: [{ message: 'must have a userId and an email' }] },
  },
} as const;

function isPayload(value: unknown): value is Payload {
  if (typeof value !== 'object' || value === null) return false;
  return typeof Reflect.get(value, 'userId') === 'string' && typeof Reflect.get(value, 'email') === 'string';
}

export const doNothing = defineTask({ name: 'do-nothing', payload, timeout: '10s' });

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

export function makePayload(number: number): Payload {
  return { userId: `user-${number}`, email: `user-${number}@example.com` };
}
