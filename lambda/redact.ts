import type { RunError } from '../contract/run.ts';

type Redact = (error: RunError) => RunError;

/**
 * A redaction that never throws: it is called between claim and settlement, where a throw would leave the run as
 * running. What it fails to clean is withheld, its own failure included: that may quote the secret.
 */
export function createRedact(redact: Redact = error => error): Redact {
  return error => {
    try {
      const redacted = redact(error);
      if (isRunError(redacted)) return redacted;
    } catch {
      return withheld('threw');
    }
    return withheld('returned no error');
  };
}

function isRunError(value: Partial<RunError> | undefined): boolean {
  return typeof value?.name === 'string' && typeof value.message === 'string';
}

function withheld(failure: string): RunError {
  return { name: 'RedactionError', message: `the error is withheld: the consumer's redact ${failure}` };
}
