import { expect, test } from 'vitest';
import type { SynthesizedApp } from '../app.ts';
import { type Failure, failureOf, runScenario } from '../run-scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Mutation } from '../template.ts';

interface NoticedMutation extends Mutation {
  /**
   * What the failure says, for what somebody refuses: the engine, a service or one of ours.
   * @default the scenario finds something not to be as it expects
   */
  readonly says?: string | RegExp;
}

/** A mutation, and the scenario that must fail with it. */
export interface Case extends NoticedMutation {
  readonly scenario: Scenario;
}

export function failing(scenario: Scenario, ...mutations: readonly NoticedMutation[]): Case[] {
  return mutations.map(mutation => ({ ...mutation, scenario }));
}

/** A mutation that is refused, in these words. */
export function saying(says: string | RegExp, mutation: Mutation): NoticedMutation {
  return { ...mutation, says };
}

/**
 * An error that nobody foresaw, as of a mutation with a slip in it, has noticed nothing.
 *
 * @throws Error for a failure that is not the one
 */
export function expectNoticed(failure: Failure | undefined, says: string | RegExp | undefined): void {
  if (failure === undefined) throw new Error('nothing has noticed the mutation');
  const { message, unexpected } = failure;
  if (says !== undefined) expect(message).toMatch(says);
  else if (!unexpected || BUG.test(message))
    throw new Error(
      `the scenario must fail by what it expects, or the case tell by "saying" in what words it is refused, got ${message}`,
    );
}

/** What nobody throws or logs on purpose. */
const BUG = /\b(TypeError|ReferenceError|SyntaxError)\b|\bENOENT\b/;

/** Tests that each scenario passes with the app as it is, and fails with each of its mutations. */
export function testCases(app: SynthesizedApp, cases: readonly Case[]): void {
  const scenarios = [...new Set(cases.map(({ scenario }) => scenario))];

  test.each(scenarios.map(scenario => ({ scenario })))('$scenario.name', ({ scenario }) =>
    runScenario(app, scenario));

  test.each(cases)('no more $scenario.name: $name', async ({ scenario, says, ...mutation }) => {
    expectNoticed(await failureOf(app, scenario, mutation), says);
  });
}
