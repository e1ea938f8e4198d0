import { defineTask } from 'cdk-background-jobs/tasks';

export interface Payload {
  readonly userId: string;
  readonly email: string;
}

/** Written by hand, so that no schema library counts in the consumer's size and time: the baselines have none. */
export const payload = {
  '~standard': {
    version: 1,
    vendor: 'bench',
    validate: (value: unknown) =>
      isPayload(value) ? { value } : { issues: [{ message: 'must have a userId and an email' }] },
  },
} as const;

export function isPayload(value: unknown): value is Payload {
  if (typeof value !== 'object' || value === null) return false;
  return typeof Reflect.get(value, 'userId') === 'string' && typeof Reflect.get(value, 'email') === 'string';
}

export const doNothing = defineTask({ name: 'do-nothing', payload, timeout: '10s' });

export function makePayload(number: number): Payload {
  return { userId: `user-${number}`, email: `user-${number}@example.com` };
}
