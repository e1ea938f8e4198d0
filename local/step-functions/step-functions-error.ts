/** An answer of the API that is an error, by the name that the SDK makes its class of. */
export class StepFunctionsError extends Error {
  override readonly name = 'StepFunctionsError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export function validationError(message: string): StepFunctionsError {
  return new StepFunctionsError('ValidationException', message);
}
