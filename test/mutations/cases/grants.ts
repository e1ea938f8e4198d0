import { describe, expect, test } from 'vitest';
import type { SynthesizedApp } from '../app.ts';
import { grantsOf, rolesOf } from '../grants.ts';
import { failureOf } from '../run-scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { UNSEEN_ACTIONS, UNSEEN_ON_KEYS } from '../unseen.ts';
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
  const skipped = [...elsewhere, ...Object.keys(UNSEEN_ACTIONS), ...Object.keys(UNSEEN_ON_KEYS)];
  const grants = grantsOf(app.template, role).filter(
    ({ name, action }) => ![name, action].some(each => skipped.includes(each)),
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

/** Tests that each of the actions of which it is said why no scenario sees it is granted to some role. */
export function testUnseen(app: SynthesizedApp, unseen: Readonly<Record<string, string>>): void {
  test('no action is called unseen that is not granted', () => {
    const granted = rolesOf(app.template).flatMap(role =>
      grantsOf(app.template, role).map(({ action }) => action),
    );
    expect(Object.keys(unseen).filter(action => !granted.includes(action))).toEqual([]);
  });
}
