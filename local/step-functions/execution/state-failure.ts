/** What a state, a branch or an execution failed with: an error's name, and what is told of it. */
export class StateFailure extends Error {
  override readonly name = 'StateFailure';
  readonly error: string;
  readonly details: string;

  constructor(error: string, details: string) {
    super(`${error}: ${details}`);
    this.error = error;
    this.details = details;
  }
}

/**
 * Whether a name in `ErrorEquals` stands for an error.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-error-representation
 */
export function matchesError(pattern: string, error: string): boolean {
  switch (pattern) {
    case 'States.ALL':
      return !TERMINAL.has(error);
    case 'States.TaskFailed':
      return error === pattern || (!TIMEOUTS.has(error) && !TERMINAL.has(error));
    case 'States.Timeout':
      return TIMEOUTS.has(error);
    default:
      return pattern === error;
  }
}

/** Only their own name catches them. */
const TERMINAL: ReadonlySet<string> = new Set(['States.DataLimitExceeded', 'States.Runtime']);

const TIMEOUTS: ReadonlySet<string> = new Set(['States.Timeout', 'States.HeartbeatTimeout']);
