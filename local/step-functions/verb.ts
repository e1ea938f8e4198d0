import type { Input } from './input.ts';
import type { StepFunctionsStore } from './store.ts';

export interface RequestContext {
  /** `X-Amzn-Trace-Id` of the request. */
  readonly traceHeader: string | undefined;
}

/** One action of the API. @throws StepFunctionsError */
export type Verb = (store: StepFunctionsStore, input: Input, context: RequestContext) => object;
