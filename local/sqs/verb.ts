import type { Input } from './input.ts';
import type { SqsStore } from './sqs-store.ts';

/** One action of the SQS API: from the request's JSON to the answer's. Throws `SqsError`. */
export type Verb = (store: SqsStore, input: Input, call: Call) => object | Promise<object>;

/** What a verb may need to know of the request beside its body. */
export interface Call extends Sender {
  /** Aborted once nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Of the caller's end of the connection. */
  readonly port?: number | undefined;
}

export interface Sender {
  /** Who asks, for the `SenderId` of messages. */
  readonly senderId: string;
  /** The request's `X-Amzn-Trace-Id`: SDKs in Lambda send the invocation's. */
  readonly traceHeader?: string | undefined;
}
