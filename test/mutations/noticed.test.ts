import { expect, test } from 'vitest';
import { type SynthesizedApp, standardApp, synthesize } from './app.ts';
import { expectNoticed, failing, saying } from './cases/case.ts';
import { failureOf } from './run-scenario.ts';
import { runsTask } from './scenarios/attempts.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { changed, type Mutation, removed, resourceOf } from './template.ts';

const app: SynthesizedApp = await synthesize(standardApp);

/** Fails as the test of this case does. */
async function testOf(scenario: Scenario, mutation: Parameters<typeof failing>[1]): Promise<void> {
  for (const { says, ...one } of failing(scenario, mutation))
    expectNoticed(await failureOf(app, scenario, one), says);
}

const harmless = changed('JobsRunsTable', ['BillingMode'], 'PROVISIONED');
const fatal = removed('JobsConsumer', 'Timeout');

/** A property that nobody has is refused by the engine, whatever the scenario is. */
const misspelled: Mutation = {
  name: 'a slip in the name of a property',
  change(template) {
    resourceOf(template, 'JobsConsumer').Properties.TimeOut = 1;
  },
};
const MISSPELLED = 'property TimeOut of AWS::Lambda::Function';

const expecting: Scenario = async () => expect('found').toBe('expected');
const passing: Scenario = async () => {};
const broken: Scenario = async () => {
  throw new TypeError('x is not a function');
};
const runningIntoNothing: Scenario = async () => {
  throw Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' });
};
const expectingAfterBug: Scenario = async () => expect('TypeError: x is not a function').toBe('done');

test.each<[what: string, scenario: Scenario, mutation: Parameters<typeof failing>[1]]>([
  ['an expectation that is not met', expecting, harmless],
  ['an expectation of a scenario of ours', runsTask, fatal],
  ['a refusal in the words of the case', expecting, saying(MISSPELLED, misspelled)],
  ['a refusal that matches the case', expecting, saying(/TimeOut of AWS::\w+::Function$/, misspelled)],
])('a mutation is noticed by %s', async (_what, scenario, mutation) => {
  await testOf(scenario, mutation);
});

test.each<[what: string, scenario: Scenario, mutation: Parameters<typeof failing>[1], message: string]>([
  ['a scenario that passes', passing, harmless, 'nothing has noticed the mutation'],
  ['a refusal that the case does not tell of', expecting, misspelled, MISSPELLED],
  ['a refusal in other words', expecting, saying('Code is missing', misspelled), 'Code is missing'],
  ['an error that is no expectation', broken, harmless, 'x is not a function'],
  ['a file that is not there', runningIntoNothing, harmless, 'ENOENT'],
  ['an expectation not met for a bug', expectingAfterBug, harmless, 'TypeError'],
])('a mutation is not noticed by %s', async (_what, scenario, mutation, message) => {
  await expect(testOf(scenario, mutation)).rejects.toThrow(message);
});
