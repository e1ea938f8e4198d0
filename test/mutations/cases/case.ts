import { expect, test } from 'vitest';
import type { SynthesizedApp } from '../app.ts';
import { failureOf, runScenario } from '../run-scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Mutation } from '../template.ts';

/** A mutation, and the scenario that must fail with it. */
export interface Case extends Mutation {
  readonly scenario: Scenario;
}

export function failing(scenario: Scenario, ...mutations: readonly Mutation[]): Case[] {
  return mutations.map(mutation => ({ ...mutation, scenario }));
}

/** Tests that each scenario passes with the app as it is, and fails with each of its mutations. */
export function testCases(app: SynthesizedApp, cases: readonly Case[]): void {
  const scenarios = [...new Set(cases.map(({ scenario }) => scenario))];

  test.each(scenarios.map(scenario => ({ scenario })))('$scenario.name', ({ scenario }) =>
    runScenario(app, scenario));

  test.each(cases)('no more $scenario.name: $name', async ({ scenario, ...mutation }) => {
    expect(await failureOf(app, scenario, mutation)).toBeDefined();
  });
}
