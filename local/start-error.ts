/**
 * What was given cannot be started: no assembly, an unsupported resource, a port that is taken, a handler that does
 * not load. The message alone tells what to do, so the command line prints it without a stack trace.
 */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}

/** What went wrong, and in whose step of the start. */
export function startErrorIn(subject: string, cause: unknown): StartError {
  return new StartError(`${subject}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}
