import { writeFile } from 'node:fs/promises';
import type { SynthesizedApp } from './app.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { type Mutation, mutate } from './template.ts';
import { startWorld } from './world.ts';

/** Runs a scenario in a world of its own. @throws what the scenario throws, or the start of the world. */
export async function runScenario(app: SynthesizedApp, scenario: Scenario): Promise<void> {
  await writeFile(app.templateFile, JSON.stringify(app.template));
  const world = await startWorld(app.folder);
  try {
    await scenario(world);
  } catch (cause) {
    const logged = [...world.warnings, ...world.lines.map(({ text }) => text)].join('\n');
    throw new Error(`${cause instanceof Error ? cause.message : cause}\n${logged}`, { cause });
  } finally {
    await world.stop();
  }
}

/** How a scenario has failed. */
export interface Failure {
  /** What was thrown, and then what was logged. */
  readonly message: string;
  /** Whether the world has run, and something was not as the scenario expects. */
  readonly unexpected: boolean;
}

/**
 * Why a scenario fails; undefined when it does not, so that nothing has noticed the mutation.
 *
 * @throws Error when the mutation changes nothing
 */
export async function failureOf(
  app: SynthesizedApp,
  scenario: Scenario,
  mutation: Mutation,
): Promise<Failure | undefined> {
  const mutated = { ...app, template: mutate(app.template, mutation) };
  return await runScenario(mutated, scenario).then(
    () => undefined,
    (error: Error) => ({ message: error.message, unexpected: isAssertion(error.cause) }),
  );
}

function isAssertion(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'AssertionError';
}
