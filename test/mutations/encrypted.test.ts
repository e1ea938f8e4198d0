import { describe, expect, test } from 'vitest';
import { synthesize } from './app.ts';
import { encryptedApp } from './apps-of-constructs.ts';
import { failing, testCases } from './cases/case.ts';
import { testGrants, testUnseen } from './cases/grants.ts';
import { grantsOf } from './grants.ts';
import { ringsForDeadLetter } from './scenarios/alarms.ts';
import { takesDeliveries } from './scenarios/deliveries.ts';
import { hearsEvents, keepsUndelivered } from './scenarios/events.ts';
import { type Mutation, resourceOf } from './template.ts';
import { UNSEEN_ON_KEYS } from './unseen.ts';

const app = await synthesize(encryptedApp);

/** What is granted on all but the key is lost in intake.test.ts. */
function grantedElsewhere(role: string): string[] {
  return grantsOf(app.template, role).flatMap(({ name, action }) =>
    action.startsWith('kms:') ? [] : [name],
  );
}

interface KeyStatement {
  readonly Principal: { readonly Service?: string };
}

function keyWithoutWhatMay(service: string): Mutation {
  return {
    name: `Key without what ${service} may`,
    change(template) {
      const policy = resourceOf(template, 'Key').Properties.KeyPolicy as { Statement: KeyStatement[] };
      policy.Statement = policy.Statement.filter(({ Principal }) => Principal.Service !== service);
    },
  };
}

testGrants({
  role: 'DoorFunction',
  scenario: takesDeliveries,
  app,
  elsewhere: grantedElsewhere('DoorFunction'),
});
testGrants({
  role: 'JobsConsumer',
  scenario: takesDeliveries,
  app,
  elsewhere: grantedElsewhere('JobsConsumer'),
  // A step tries to store its result until its attempt is over.
  silent: ['kms:GenerateDataKey on Key'],
});

testUnseen(app, UNSEEN_ON_KEYS);

describe('of a queue, an event trigger and a topic that are encrypted', () =>
  testCases(app, [
    ...failing(hearsEvents, keyWithoutWhatMay('events.amazonaws.com')),
    ...failing(keepsUndelivered, keyWithoutWhatMay('events.amazonaws.com')),
    ...failing(ringsForDeadLetter, keyWithoutWhatMay('cloudwatch.amazonaws.com')),
  ]));

test('whatever is encrypted names the key', () => {
  const encrypted = ['SQS::Queue', 'SNS::Topic', 'S3::Bucket', 'DynamoDB::Table', 'SecretsManager::Secret'];
  const withoutKey = Object.entries(app.template.Resources)
    .filter(([, { Type }]) => encrypted.some(type => Type.endsWith(type)))
    .filter(([, { Properties }]) => !JSON.stringify(Properties).includes('Key'))
    .map(([id]) => id);
  expect(withoutKey).toEqual([]);
});
