/**
 * What a state machine asks of its function: the arguments of its Task states. Both sides are made from the same
 * definition, so names here are names of that.
 */
export type WorkflowEvent = StepEvent | SignalEvent | SendTaskEvent | LookAtTaskEvent | GiveUpEvent;

export interface StepEvent {
  readonly kind: 'step';
  readonly runId: string;
  readonly step: string;
  readonly input: unknown;
  /** From 1. */
  readonly attempt: number;
}

/** Of a state that waits for its token to be reported. */
export interface SignalEvent {
  readonly kind: 'signal';
  readonly runId: string;
  readonly signal: string;
  readonly token: string;
  readonly timeoutSeconds: number;
}

export interface SendTaskEvent {
  readonly kind: 'sendTask';
  readonly runId: string;
  /** The state that sends it, and for which items of maps (`Send resize[3]`): the same task may be sent by several. */
  readonly state: string;
  readonly task: string;
  readonly payload: unknown;
}

export interface LookAtTaskEvent {
  readonly kind: 'lookAtTask';
  readonly taskRunId: string;
}

/** Of a state that fails the execution: what came before has used up its time, or its turns. */
export interface GiveUpEvent {
  readonly kind: 'giveUp';
  readonly error: string;
  readonly cause: string;
  /** Whether the execution was redriven since, which gives it the same again. */
  readonly redriven: boolean;
}

/** What it answers to a step. The value in an object: an answer of nothing is `null`. */
export interface StepAnswer {
  readonly value: unknown;
}

export interface SentTaskAnswer {
  readonly taskRunId: string;
}

export interface TaskLookAnswer {
  readonly done: boolean;
  readonly value: unknown;
}

/** How Step Functions says that an execution has ended. */
export const END_STATUSES = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;
export type EndStatus = (typeof END_STATUSES)[number];

/** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
export interface ExecutionStatusEvent {
  readonly source: 'aws.states';
  readonly detail: {
    readonly executionArn: string;
    readonly stateMachineArn: string;
    /** The run's id. */
    readonly name: string;
    readonly status: EndStatus;
    /** Milliseconds since the Unix epoch. */
    readonly stopDate: number | null;
    /** Null when it is too large to be told. */
    readonly output: string | null;
    readonly error?: string | null;
    readonly cause?: string | null;
    readonly redriveCount?: number;
  };
}

export function isExecutionStatusEvent(event: unknown): event is ExecutionStatusEvent {
  return typeof event === 'object' && event !== null && 'source' in event && event.source === 'aws.states';
}
