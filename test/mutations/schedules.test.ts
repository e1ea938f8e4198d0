import { describe, expect, test } from 'vitest';
import { schedulingApp, synthesize } from './app.ts';
import { testCases } from './cases/case.ts';
import { CONSUMING, testGrants } from './cases/grants.ts';
import { SCHEDULES } from './cases/schedules.ts';
import { rolesOf } from './grants.ts';
import { absentIn, overlookedIn } from './overlooked.ts';
import { runScenario } from './run-scenario.ts';
import { firesSchedule, makesSchedules, managesTimes, sendsForLater } from './scenarios/schedules.ts';
import { UNSEEN, UNSEEN_OF_SCHEDULES } from './unseen.ts';

const app = await synthesize(schedulingApp);

test('all that is granted is enough: managesTimes', () => runScenario(app, managesTimes));

testGrants({ role: 'Operator', scenario: managesTimes, app });
testGrants({
  role: 'JobsConsumer',
  scenario: makesSchedules,
  app,
  // What a consumer is granted anyway it loses in grants.test.ts.
  elsewhere: CONSUMING,
});
testGrants({ role: 'JobsSendLaterDelivery', scenario: sendsForLater, app, silent: 'all' });
testGrants({ role: 'JobsSchedules', scenario: firesSchedule, app, silent: 'all' });

test('no other role is granted anything', () => {
  expect(rolesOf(app.template)).toEqual([
    'JobsConsumer',
    'JobsSchedules',
    'JobsSendLaterDelivery',
    'Operator',
  ]);
});

describe('of schedules', () => testCases(app, SCHEDULES));

test('whatever schedules add to a queue is mutated, or it is said why no scenario sees it', () => {
  const overlooked = overlookedIn(app, {
    cases: SCHEDULES,
    unseen: { ...UNSEEN, ...UNSEEN_OF_SCHEDULES },
    ofThis: ({ id, name }) =>
      /^(Hourly|JobsSchedules|JobsSendLater)/.test(id) || name.includes('.schedules.'),
  });
  expect(overlooked).toEqual([]);
  expect(absentIn([app], UNSEEN_OF_SCHEDULES)).toEqual([]);
});
