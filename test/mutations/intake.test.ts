import { describe, expect, test } from 'vitest';
import { synthesize } from './app.ts';
import { intakeApp } from './apps-of-constructs.ts';
import { failing, testCases } from './cases/case.ts';
import { CONSUMING, LOGGING, testGrants } from './cases/grants.ts';
import { INTAKE } from './cases/intake.ts';
import { allowancesOf, rolesOf } from './grants.ts';
import { absentIn, overlookedIn } from './overlooked.ts';
import { takesDeliveries } from './scenarios/deliveries.ts';
import { hearsEvents, keepsUndelivered } from './scenarios/events.ts';
import { UNSEEN, UNSEEN_OF_INTAKE } from './unseen.ts';

const app = await synthesize(intakeApp);

/** What a queue's policy allows EventBridge. */
const ofPolicy = (queue: string) => allowancesOf(app.template).filter(({ name }) => name.startsWith(queue));

/** What any function, consumer and producer is granted they lose in grants.test.ts. */
testGrants({
  role: 'DoorFunction',
  scenario: takesDeliveries,
  app,
  elsewhere: [...LOGGING, 'sqs:SendMessage', 'dynamodb:PutItem'],
});
testGrants({
  role: 'JobsConsumer',
  scenario: takesDeliveries,
  app,
  elsewhere: CONSUMING,
  // A step tries to store its result until its attempt is over.
  silent: ['s3:PutObject on PayloadsBucket/JobsQueue/*'],
});

test('no other role is granted anything', () => {
  expect(rolesOf(app.template)).toEqual(['DoorFunction', 'JobsConsumer']);
});

describe('of a payload bucket, an event trigger and a webhook', () =>
  testCases(app, [
    ...INTAKE,
    ...failing(hearsEvents, ...ofPolicy('JobsQueue')),
    ...failing(keepsUndelivered, ...ofPolicy('Heard')),
  ]));

test('whatever stands in the template of a payload bucket, an event trigger and a webhook is mutated, or it is said why no scenario sees it', () => {
  const unseen = { ...UNSEEN, ...UNSEEN_OF_INTAKE };
  const overlooked = overlookedIn(app, {
    cases: INTAKE,
    unseen,
    ofThis: ({ id, name }) => /^(Payloads|Heard|Door)/.test(id) || name.endsWith('.payloads'),
  });
  expect(overlooked).toEqual([]);
  expect(absentIn([app], UNSEEN_OF_INTAKE)).toEqual([]);
});
