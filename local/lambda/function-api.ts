/** A deployed function, as the engine's event sources, function URLs and Lambda API see it. */
export interface LocalFunction {
  readonly name: string;
  readonly arn: string;
  readonly timeoutSeconds: number;
  /** Invokes and waits. Never rejects for what the function does: a function's failure is an answer. */
  invoke(event: unknown, options?: InvokeOptions): Promise<InvokeResult>;
}

export interface InvokeOptions {
  /** The same for all attempts of an asynchronous invocation. @default a new one */
  readonly requestId?: string;
  /** The `X-Amzn-Trace-Id` of what led to the invocation: of its caller, or of each message of its batch. */
  readonly traceHeaders?: readonly string[];
  /** Called with each line of this invocation's log, before its answer. */
  readonly onLine?: (text: string) => void;
}

export type InvokeResult =
  | { readonly outcome: 'succeeded'; readonly payload: unknown }
  /** The handler threw, the process died, or it ran out of time or memory: Lambda's `FunctionError`. */
  | { readonly outcome: 'failed'; readonly error: FunctionError }
  /** No execution environment was free (reserved or account concurrency): Lambda's 429. */
  | { readonly outcome: 'throttled' }
  /** A chain of requests has come back to the function too often: Lambda's `RecursiveInvocationException`. */
  | { readonly outcome: 'recursive' };

export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}
