import type { ValidateStateMachineDefinitionOutput } from '@aws-sdk/client-sfn';
import { DefinitionError, parseDefinition } from '../definition/parse-definition.ts';
import type { Sent } from '../sent.ts';
import type { Verb } from '../verb.ts';

/**
 * What the local engine would refuse is an error, too.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
 */
export const validateStateMachineDefinition: Verb = (_store, input) => {
  const problems = problemsOf(input.text('definition'));
  return {
    result: problems.length === 0 ? 'OK' : 'FAIL',
    diagnostics: problems.map(message => ({
      severity: 'ERROR' as const,
      code: 'SCHEMA_VALIDATION_FAILED',
      message,
    })),
    truncated: false,
  } satisfies Sent<ValidateStateMachineDefinitionOutput>;
};

function problemsOf(definition: string): readonly string[] {
  try {
    parseDefinition(definition);
    return [];
  } catch (error) {
    if (error instanceof DefinitionError) return error.problems;
    throw error;
  }
}
