import type { FunctionError } from './function-api.ts';

/** What the engine tells the process of an execution environment. */
export type EngineMessage = {
  readonly type: 'invoke';
  readonly requestId: string;
  /** Events and results travel as JSON text: what JSON cannot say, a handler must not see. */
  readonly eventJson: string;
  readonly functionArn: string;
  readonly traceId: string;
  /** A span, not a moment: the two processes need not agree on the time. */
  readonly remainingMs: number;
};

/** What the process answers: one of the first two once, then one of the others to each `invoke`. */
export type EnvironmentMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'initFailed'; readonly error: FunctionError }
  | { readonly type: 'succeeded'; readonly requestId: string; readonly payloadJson: string }
  | {
      readonly type: 'failed';
      readonly requestId: string;
      readonly error: FunctionError;
      /** The process ends after this message and takes no further invocation. */
      readonly fatal: boolean;
    };
