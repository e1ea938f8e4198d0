import { AsyncLocalStorage } from 'node:async_hooks';

/** The run whose handler is at work. */
export interface RunContext {
  readonly runId: string;
  /** Runs above this one. */
  readonly depth: number;
  /** The trace that it belongs to. */
  readonly traceparent?: string;
}

/** The consumer enters it around each handler, so that a task sent by a handler knows how deep it is. */
export const runContext = new AsyncLocalStorage<RunContext>();
