import { describe, expect, test } from 'vitest';
import { synthesize } from './app.ts';
import { exportApp } from './apps-of-constructs.ts';
import { testCases } from './cases/case.ts';
import { EXPORTS } from './cases/exports.ts';
import { LOGGING, testGrants } from './cases/grants.ts';
import { rolesOf } from './grants.ts';
import { absentIn, overlookedIn } from './overlooked.ts';
import { exportsNumbers } from './scenarios/exports.ts';
import { UNSEEN, UNSEEN_OF_EXPORTS } from './unseen.ts';

const app = await synthesize(exportApp);

/** What any workflow, and whoever manages it, is granted they lose in workflow.test.ts. */
const MANAGING = [
  'dynamodb:PutItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:BatchGetItem',
  'dynamodb:UpdateItem',
  'dynamodb:Query',
  'states:StartExecution',
  'states:DescribeExecution',
  'states:SendTaskSuccess',
  'states:StopExecution',
  'states:RedriveExecution',
];
const STEPS = [...LOGGING, 'dynamodb:UpdateItem', 'states:SendTaskSuccess', 'sqs:SendMessage'];

testGrants({ role: 'Application', scenario: exportsNumbers, app, elsewhere: MANAGING });
testGrants({
  role: 'NumbersWorkflowSteps',
  scenario: exportsNumbers,
  app,
  elsewhere: STEPS,
  // For HeadObject, whose answers have no body.
  silent: ['s3:GetObject on NumbersBucket/exports/numbers/*'],
});
testGrants({
  role: 'NumbersWorkflowMachine',
  scenario: exportsNumbers,
  app,
  elsewhere: ['lambda:InvokeFunction'],
  silent: 'all',
});

test('no other role is granted anything', () => {
  expect(rolesOf(app.template)).toEqual(['Application', 'NumbersWorkflowMachine', 'NumbersWorkflowSteps']);
});

describe('of an export', () => testCases(app, EXPORTS));

test('what an export adds to a workflow is mutated, or it is said why no scenario sees it', () => {
  const overlooked = overlookedIn(app, {
    cases: EXPORTS,
    unseen: { ...UNSEEN, ...UNSEEN_OF_EXPORTS },
    ofThis: ({ id, name }) =>
      id.startsWith('NumbersBucket') ||
      /^NumbersWorkflowSteps\.(Environment\.|MemorySize)/.test(`${id}.${name}`),
  });
  expect(overlooked).toEqual([]);
  expect(absentIn([app], UNSEEN_OF_EXPORTS)).toEqual([]);
});
