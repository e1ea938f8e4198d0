import { StepFunctionsError, validationError } from './step-functions-error.ts';

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MAX_BYTES = 262_144;

/** @throws StepFunctionsError for what is no JSON, or is too large. */
export function checkPayload(json: string, code: string, field: string): void {
  if (Buffer.byteLength(json) > MAX_BYTES) {
    throw validationError(
      `1 validation error detected: Value at '${field}' failed to satisfy constraint: Member must have length less than or equal to ${MAX_BYTES}`,
    );
  }
  try {
    JSON.parse(json);
  } catch (error) {
    throw new StepFunctionsError(code, `Invalid ${field}: ${error instanceof Error ? error.message : error}`);
  }
}
