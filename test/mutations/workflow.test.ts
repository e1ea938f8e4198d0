import { describe, expect, test } from 'vitest';
import { synthesize } from './app.ts';
import { workflowApp } from './apps-of-constructs.ts';
import { failing, testCases } from './cases/case.ts';
import { LOGGING, testGrants, testUnseen } from './cases/grants.ts';
import { REFUSED, refused, WORKFLOW } from './cases/workflow.ts';
import { allowancesOf, rolesOf } from './grants.ts';
import { absentIn, overlookedIn } from './overlooked.ts';
import { keepsUndeliveredEnds, runsErrands } from './scenarios/workflow.ts';
import { mutate } from './template.ts';
import { UNSEEN, UNSEEN_ACTIONS, UNSEEN_OF_WORKFLOW } from './unseen.ts';

const app = await synthesize(workflowApp);
/** Events that tell of ends cannot be delivered. */
const refusing = { ...app, template: mutate(app.template, refused) };

testGrants({ role: 'Application', scenario: runsErrands, app });
testGrants({
  role: 'ErrandsSteps',
  scenario: runsErrands,
  app,
  // A consumer's logs, and a task queue's `grantSend` and `grantRead`: of each of these, one stays here.
  elsewhere: [
    ...LOGGING,
    'dynamodb:PutItem on JobsRunsTable',
    'dynamodb:BatchGetItem on JobsRunsTable',
    'dynamodb:Query on JobsRunsTable/index/byTask',
    'dynamodb:Query on JobsRunsTable/index/deadLetters',
    'sqs:GetQueueAttributes on JobsQueue',
    'sqs:GetQueueAttributes on JobsDeadLetterQueue',
  ],
});
testGrants({ role: 'ErrandsMachine', scenario: runsErrands, app, silent: 'all' });

test('no other role is granted anything but the consumer', () => {
  expect(rolesOf(app.template)).toEqual(['Application', 'ErrandsMachine', 'ErrandsSteps', 'JobsConsumer']);
});

describe('of a workflow', () => testCases(app, WORKFLOW));
describe('of a workflow whose function does not take its events', () =>
  testCases(refusing, [
    ...REFUSED,
    ...failing(
      keepsUndeliveredEnds,
      ...allowancesOf(app.template).filter(({ name }) => name.startsWith('Errands')),
    ),
  ]));

testUnseen(app, UNSEEN_ACTIONS);

test('whatever stands in the template of a workflow is mutated, or it is said why no scenario sees it', () => {
  const cases = [...WORKFLOW, ...REFUSED];
  const unseen = { ...UNSEEN, ...UNSEEN_OF_WORKFLOW };
  const overlooked = overlookedIn(app, { cases, unseen, ofThis: ({ id }) => id.startsWith('Errands') });
  expect(overlooked).toEqual([]);
  expect(absentIn([app], UNSEEN_OF_WORKFLOW)).toEqual([]);
});
