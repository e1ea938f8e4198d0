import type { DeadLetterCause } from '../contract/run.ts';

/** The run can never succeed, whatever its handler does: it is dead-lettered for this cause without a retry. */
export class RefusedRun extends Error {
  override readonly name: string;
  readonly deadLetterCause: DeadLetterCause;

  constructor(deadLetterCause: DeadLetterCause, name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.deadLetterCause = deadLetterCause;
    this.name = name;
  }
}

/** What results that are too large are told. */
export const STORE_ELSEWHERE = 'store it elsewhere and return a reference to it';

/** What a handler, or a step, has answered cannot be kept. Another attempt would only repeat its effects. */
export function refuseResult(message: string, cause?: unknown): RefusedRun {
  return new RefusedRun('invalidResult', 'TaskResultError', message, { cause });
}

/** @param what whose result it is @param why it is none */
export function refuseNoJson(what: string, why: string, cause?: unknown): RefusedRun {
  return refuseResult(`${what} is not JSON (${why}); return plain data`, cause);
}
