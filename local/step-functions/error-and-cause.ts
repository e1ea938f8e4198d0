import type { Input } from './input.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html, and SendTaskFailure's alike. */
const LONGEST = { error: 256, cause: 32_768 };

/** @throws StepFunctionsError for what is too long */
export function errorAndCause(input: Input): {
  readonly error: string | undefined;
  readonly cause: string | undefined;
} {
  return {
    error: input.boundedText('error', LONGEST.error),
    cause: input.boundedText('cause', LONGEST.cause),
  };
}
