import { describe, expect, test } from 'vitest';
import { operatedApp, producerApp, standardApp, synthesize } from './app.ts';
import { grantsOf, rolesOf } from './grants.ts';
import { failureOf, runScenario } from './run-scenario.ts';
import { consumes } from './scenarios/attempts.ts';
import { operates, sendsOncePerKey } from './scenarios/operator.ts';

const standard = await synthesize(standardApp);
const operated = await synthesize(operatedApp);
const producer = await synthesize(producerApp);

/** What each role is there for. */
describe.each([
  { role: 'JobsConsumer', scenario: consumes, app: standard },
  { role: 'Operator', scenario: operates, app: operated },
  { role: 'Operator', scenario: sendsOncePerKey, app: producer },
])('of the grants of $role, with which it $scenario.name,', ({ role, scenario, app }) => {
  test('all together are enough', () => runScenario(app, scenario));

  test.each(grantsOf(app.template, role))('none may be missing: $name', async ({ action, ...mutation }) => {
    // What was refused is told by name: nothing else is the reason.
    expect((await failureOf(app, scenario, mutation))?.toLowerCase()).toContain(action.toLowerCase());
  });
});

test.each([
  ['standard', standard, ['JobsConsumer']],
  ['operated', operated, ['JobsConsumer', 'Operator']],
  ['producer', producer, ['JobsConsumer', 'Operator']],
])('no other role of the %s app is granted anything', (_, app, roles) => {
  expect(rolesOf(app.template)).toEqual(roles);
});

test('a FIFO queue’s consumer is granted what a standard queue’s is', () => {
  const grantsIn = ({ template }: typeof standard) =>
    grantsOf(template, 'JobsConsumer').map(({ name }) => name);
  expect(grantsIn(producer)).toEqual(grantsIn(standard));
});
