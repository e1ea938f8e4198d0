import { describe, test } from 'vitest';
import type { SynthesizedApp } from '../app.ts';
import { grantsOf } from '../grants.ts';
import { failureOf } from '../run-scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { UNSEEN_ACTIONS } from '../unseen.ts';
import { expectNoticed } from './case.ts';

/** Of any function of ours. */
export const LOGGING = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/** Of any consumer. */
export const CONSUMING = [
  ...LOGGING,
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:ChangeMessageVisibility',
  'sqs:SendMessage',
  'dynamodb:UpdateItem',
];

interface GrantedRole {
  readonly role: string;
  /** What it is there for. */
  readonly scenario: Scenario;
  readonly app: SynthesizedApp;
  /** What it is granted by the same lines as another role, which loses it elsewhere: actions, or names of grants. */
  readonly elsewhere?: readonly string[];
  /** Names of those of which nobody is told that they were refused; `all` of a service's, which tells nobody. */
  readonly silent?: 'all' | readonly string[];
}

/** Tests that the scenario fails without any one thing that the role is granted. */
export function testGrants({ role, scenario, app, elsewhere = [], silent = [] }: GrantedRole): void {
  const grants = grantsOf(app.template, role).filter(
    ({ name, action }) => ![name, action].some(each => elsewhere.includes(each) || each in UNSEEN_ACTIONS),
  );

  describe(`of the grants of ${role}, with which it ${scenario.name},`, () => {
    test.each(grants)('none may be missing: $name', async ({ action, ...mutation }) => {
      // A function tells by name what it was refused: nothing else is the reason.
      const isTold = silent !== 'all' && !silent.includes(mutation.name);
      const says = isTold ? new RegExp(action, 'i') : undefined;
      expectNoticed(await failureOf(app, scenario, mutation), says);
    });
  });
}
