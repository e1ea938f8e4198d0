/**
 * The Amazon States Language as far as the local engine runs it: JSONata states only.
 * https://states-language.net/spec.html and https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 *
 * Fields of type `unknown` are templates: any string in them of the form `{% … %}` is a JSONata expression.
 */
export interface StateList {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface Definition extends StateList {
  readonly Comment?: string;
  /** @default none: an execution may run for a year */
  readonly TimeoutSeconds?: number;
}

export type State =
  | PassState
  | TaskState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

export type StateType = State['Type'];

interface Assigning {
  /** Variables that the state sets when it succeeds, each from a template. */
  readonly Assign?: Readonly<Record<string, unknown>>;
  /** @default the state's result or, where it has none, its input */
  readonly Output?: unknown;
}

/** Exactly one of both. */
interface Continuing {
  readonly Next?: string;
  readonly End?: boolean;
}

export interface PassState extends Assigning, Continuing {
  readonly Type: 'Pass';
}

export interface SucceedState extends Pick<Assigning, 'Output'> {
  readonly Type: 'Succeed';
}

export interface FailState {
  readonly Type: 'Fail';
  readonly Error?: unknown;
  readonly Cause?: unknown;
}

/** Exactly one of Seconds and Timestamp. */
export interface WaitState extends Assigning, Continuing {
  readonly Type: 'Wait';
  readonly Seconds?: unknown;
  readonly Timestamp?: unknown;
}

export interface ChoiceState extends Assigning {
  readonly Type: 'Choice';
  readonly Choices: readonly ChoiceRule[];
  readonly Default?: string;
}

export interface ChoiceRule extends Assigning {
  readonly Condition: unknown;
  readonly Next: string;
}

/** States whose failure can be retried and caught. */
export interface Failable {
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  /** @default 1 */
  readonly IntervalSeconds?: number;
  /** 0: never retried. @default 3 */
  readonly MaxAttempts?: number;
  /** @default 2 */
  readonly BackoffRate?: number;
  /** @default no limit */
  readonly MaxDelaySeconds?: number;
  /** @default NONE */
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher extends Assigning {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
}

export interface TaskState extends Assigning, Continuing, Failable {
  readonly Type: 'Task';
  readonly Resource: string;
  /** @default the state's input */
  readonly Arguments?: unknown;
  readonly TimeoutSeconds?: unknown;
  readonly HeartbeatSeconds?: unknown;
}

export interface ParallelState extends Assigning, Continuing, Failable {
  readonly Type: 'Parallel';
  readonly Branches: readonly StateList[];
  /** What each branch begins with. @default the state's input */
  readonly Arguments?: unknown;
}

export interface MapState extends Assigning, Continuing, Failable {
  readonly Type: 'Map';
  /** @default the state's input */
  readonly Items?: unknown;
  /** What each iteration begins with. @default the item */
  readonly ItemSelector?: unknown;
  /** @default 0: no limit but that of inline maps */
  readonly MaxConcurrency?: unknown;
  readonly ItemProcessor: StateList;
}
