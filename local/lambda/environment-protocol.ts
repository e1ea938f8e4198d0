import type { FunctionError } from './function-api.ts';

/** What the engine tells the process of an execution environment: to run its handler, and what time it is. */
export type EngineMessage = InvokeMessage | TimeMessage;

export type InvokeMessage = InvocationRequest & {
  readonly type: 'invoke';
  /** For a process whose time the engine sets. */
  readonly nowMs: number;
};

export interface InvocationRequest {
  readonly requestId: string;
  /** Events and results travel as JSON text: what JSON cannot say, a handler must not see. */
  readonly eventJson: string;
  readonly functionArn: string;
  readonly traceId: string;
  /** A span, not a moment: the two processes need not agree on the time. */
  readonly remainingMs: number;
}

/** Only to processes whose time the engine sets. Each is answered with its id. */
export type TimeMessage =
  /** `waitedFor`: ports of the process on which the engine answers only when time passes. */
  | { readonly type: 'whenBlocked'; readonly id: number; readonly waitedFor: readonly number[] }
  | { readonly type: 'moveTo'; readonly id: number; readonly nowMs: number };

/** What the process answers: one of the first two once, then one of the next to each `invoke`. */
export type EnvironmentMessage = AnswerMessage | TimeAnswer;

export type AnswerMessage =
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

export type TimeAnswer =
  /** It waits for nothing but its timers; `until` is when the first of them is due, null when there is none. */
  | { readonly type: 'blocked'; readonly id: number; readonly until: number | null }
  | { readonly type: 'moved'; readonly id: number }
  /** Unasked: this has been under way for so long that somebody may wonder why time stands still. */
  | { readonly type: 'slow'; readonly what: readonly string[] };
