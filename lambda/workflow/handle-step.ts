import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { StepDefinition } from '../../contract/workflow/step.ts';
import type { StepRun } from './step-run.ts';

/** What a step's handler answers: what goes into the step's output schema. */
type StepResult<Step extends StepDefinition> = StandardSchemaV1.InferInput<Step['output']>;
type StepArgument<Step extends StepDefinition> = StandardSchemaV1.InferOutput<Step['input']>;

/** A step with the function that carries it out. */
export interface StepHandler {
  readonly step: StepDefinition;
  readonly carryOut: (input: never, run: StepRun) => unknown;
}

/**
 * Ties a step to the function that carries it out.
 *
 * @param carryOut gets the input as its schema answers it. What it throws fails the attempt; a `NonRetryableError` is the
 * last one.
 * @example
 * ```ts
 * handleStep(fetchIssue, async ({ repository, number }, run) => {
 *   const issue = await github.issue(repository, number, { signal: run.signal });
 *   return { comments: issue.comments, assigned: issue.assignees.length > 0 };
 * });
 * ```
 */
export function handleStep<Step extends StepDefinition>(
  step: Step,
  carryOut: (input: StepArgument<Step>, run: StepRun) => StepResult<Step> | Promise<StepResult<Step>>,
): StepHandler {
  return { step, carryOut };
}
