import { describe, expect, test } from 'vitest';
import { fifoApp, operatedApp, producerApp, standardApp, synthesize } from './app.ts';
import { failureOf, runScenario } from './run-scenario.ts';
import { FIFO, OPERATED, PRODUCER, STANDARD } from './settings.ts';
import { differences, mutate, propertiesOf } from './template.ts';
import { UNSEEN } from './unseen.ts';

const standard = await synthesize(standardApp);
const operated = await synthesize(operatedApp);
const fifo = await synthesize(fifoApp);
const producer = await synthesize(producerApp);

describe.each([
  { name: 'a standard queue', app: standard, cases: STANDARD },
  { name: 'a standard queue and its operator', app: operated, cases: OPERATED },
  { name: 'a FIFO queue', app: fifo, cases: FIFO },
  { name: 'a FIFO queue and its producer', app: producer, cases: PRODUCER },
])('the template of $name', ({ app, cases }) => {
  const scenarios = [...new Set(cases.map(({ scenario }) => scenario))];

  test.each(scenarios.map(scenario => ({ scenario })))('$scenario.name', ({ scenario }) =>
    runScenario(app, scenario));

  test.each(cases)('no more $scenario.name: $name', async ({ scenario, ...mutation }) => {
    expect(await failureOf(app, scenario, mutation)).toBeDefined();
  });
});

test('whatever stands in the template is mutated, or it is said why no scenario sees it', () => {
  const { template } = standard;
  const mutated = [STANDARD, OPERATED].flatMap((cases, index) => {
    const whole = index === 0 ? template : operated.template;
    return cases.flatMap(mutation => differences(whole, mutate(whole, mutation)));
  });
  const neither = propertiesOf(template).filter(
    ({ id, type, property }) =>
      ![`${id}.${property}`, `${type}.${property}`].some(name => mutated.includes(name) || name in UNSEEN),
  );
  expect(neither.map(({ id, property }) => `${id}.${property}`)).toEqual([]);
});
