import { describe, expect, test } from 'vitest';
import { operatedApp, producerApp, schedulingApp, standardApp, synthesize } from './app.ts';
import { grantsOf, rolesOf } from './grants.ts';
import { failureOf, runScenario } from './run-scenario.ts';
import { consumes } from './scenarios/attempts.ts';
import { operates, sendsOncePerKey } from './scenarios/operator.ts';
import { firesSchedule, makesSchedules, managesTimes, sendsForLater } from './scenarios/schedules.ts';

const standard = await synthesize(standardApp);
const operated = await synthesize(operatedApp);
const producer = await synthesize(producerApp);
const scheduling = await synthesize(schedulingApp);

/** What each role is there for; what a role was granted in another app already is looked at there. */
describe.each([
  { role: 'JobsConsumer', scenario: consumes, app: standard },
  { role: 'Operator', scenario: operates, app: operated },
  { role: 'Operator', scenario: sendsOncePerKey, app: producer },
  { role: 'Operator', scenario: managesTimes, app: scheduling },
  { role: 'JobsConsumer', scenario: makesSchedules, app: scheduling, others: standard },
  { role: 'JobsSendLaterDelivery', scenario: sendsForLater, app: scheduling, silent: true },
  { role: 'JobsSchedules', scenario: firesSchedule, app: scheduling, silent: true },
])('of the grants of $role, with which it $scenario.name,', ({ role, scenario, app, others, silent }) => {
  const elsewhere = others ? grantsOf(others.template, role).map(({ name }) => name) : [];
  const grants = grantsOf(app.template, role).filter(({ name }) => !elsewhere.includes(name));

  test('all together are enough', () => runScenario(app, scenario));

  test.each(grants)('none may be missing: $name', async ({ action, ...mutation }) => {
    const failure = await failureOf(app, scenario, mutation);
    // A function tells by name what it was refused: nothing else is the reason. A service that is refused something
    // tells nobody.
    expect(failure?.toLowerCase()).toContain(silent ? '' : action.toLowerCase());
  });
});

test.each([
  ['standard', standard, ['JobsConsumer']],
  ['operated', operated, ['JobsConsumer', 'Operator']],
  ['producer', producer, ['JobsConsumer', 'Operator']],
  ['scheduling', scheduling, ['JobsConsumer', 'JobsSchedules', 'JobsSendLaterDelivery', 'Operator']],
])('no other role of the %s app is granted anything', (_, app, roles) => {
  expect(rolesOf(app.template)).toEqual(roles);
});

test('a FIFO queue’s consumer is granted what a standard queue’s is', () => {
  const grantsIn = ({ template }: typeof standard) =>
    grantsOf(template, 'JobsConsumer').map(({ name }) => name);
  expect(grantsIn(producer)).toEqual(grantsIn(standard));
});
