import { expect, test } from 'vitest';
import { operatedApp, producerApp, standardApp, synthesize } from './app.ts';
import { testGrants } from './cases/grants.ts';
import { grantsOf, rolesOf } from './grants.ts';
import { runScenario } from './run-scenario.ts';
import { consumes } from './scenarios/attempts.ts';
import { operates, sendsOncePerKey } from './scenarios/operator.ts';

const standard = await synthesize(standardApp);
const operated = await synthesize(operatedApp);
const producer = await synthesize(producerApp);

test.each([
  { scenario: consumes, app: standard },
  { scenario: operates, app: operated },
  { scenario: sendsOncePerKey, app: producer },
])('all that is granted is enough: $scenario.name', ({ scenario, app }) => runScenario(app, scenario));

/** What each role is there for. */
testGrants({ role: 'JobsConsumer', scenario: consumes, app: standard });
testGrants({ role: 'Operator', scenario: operates, app: operated });
testGrants({ role: 'Operator', scenario: sendsOncePerKey, app: producer });

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
