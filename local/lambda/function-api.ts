/** A deployed function, as the engine's event sources, function URLs and Lambda API see it. */
export interface LocalFunction {
  readonly name: string;
  readonly arn: string;
  readonly timeoutSeconds: number;
  /** Invokes and waits. Never rejects for what the function does: a function's failure is an answer. */
  invoke(event: unknown): Promise<InvokeResult>;
}

export type InvokeResult =
  | { readonly outcome: 'succeeded'; readonly payload: unknown }
  /** The handler threw, the process died, or it ran out of time or memory: Lambda's `FunctionError`. */
  | { readonly outcome: 'failed'; readonly error: FunctionError }
  /** No execution environment was free (reserved or account concurrency): Lambda's 429. */
  | { readonly outcome: 'throttled' };

export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}
