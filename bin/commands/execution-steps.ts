import type { HistoryEvent } from '@aws-sdk/client-sfn';

/**
 * - `active`: it is at work, or waits
 * - `retrying`: its last attempt failed, and the next one is to come
 * - `caught`: it failed, and the execution went on by its Catch
 * - `failed`: it ended the execution
 * - `interrupted`: the execution ended while it was active
 */
export type StepStatus = 'active' | 'retrying' | 'succeeded' | 'caught' | 'failed' | 'interrupted';

/** One passage through a state. */
export interface ExecutionStep {
  readonly name: string;
  /** `Task`, `Wait`, `Choice` and so on. */
  readonly type: string;
  readonly status: StepStatus;
  readonly enteredAt: Date;
  readonly exitedAt?: Date;
  /** Calls that were made: more than one when it was retried. A state that calls nothing has none. */
  readonly attempts: number;
  readonly input: unknown;
  readonly output?: unknown;
  /** Of its attempts, oldest first. */
  readonly errors: readonly StepError[];
}

export interface StepError {
  readonly at: Date;
  readonly error: string;
  readonly cause?: string;
}

type Draft = { -readonly [Field in keyof Omit<ExecutionStep, 'status'>]: ExecutionStep[Field] } & {
  errors: StepError[];
  /** Its last attempt. */
  hasFailed: boolean;
  /** The execution ended in it, and was redriven since. */
  isOver: boolean;
};

/**
 * The steps of an execution, in the order in which they were entered.
 *
 * @param events of GetExecutionHistory, oldest first
 * @param isActive whether the execution has not ended
 */
export function toSteps(events: readonly HistoryEvent[], isActive: boolean): ExecutionStep[] {
  const byId = new Map(events.map(event => [event.id, event]));
  const steps = new Map<HistoryEvent['id'], Draft>();
  /** Ways through branches and iterations are told apart by what each event names as the one before it. */
  const stepOf = (event: HistoryEvent, isIt: (step: Draft) => boolean): Draft | undefined => {
    for (let at = byId.get(event.previousEventId); at !== undefined; at = byId.get(at.previousEventId)) {
      const step = steps.get(at.id);
      if (step && step.exitedAt === undefined && isIt(step)) return step;
    }
    // After a redrive a way begins anew: in a state that is entered again, or goes on.
    return [...steps.values()].findLast(step => step.exitedAt === undefined && isIt(step));
  };
  for (const event of events) {
    const { id, type = '', timestamp: at = new Date(0), stateEnteredEventDetails: entered } = event;
    const { stateExitedEventDetails: exited } = event;
    if (entered) {
      steps.set(id, {
        name: entered.name ?? '',
        type: type.replace(/StateEntered$/, ''),
        enteredAt: at,
        attempts: 0,
        input: fromJson(entered.input),
        errors: [],
        hasFailed: type === 'FailStateEntered',
        isOver: false,
      });
    } else if (exited) {
      const step = stepOf(event, ({ name }) => name === exited.name);
      if (!step) continue;
      step.exitedAt = at;
      step.output = fromJson(exited.output);
    } else if (type === 'ExecutionRedriven') {
      for (const step of steps.values()) step.isOver = step.exitedAt === undefined;
    } else {
      const [, holder] = HOLDER_FAILS.exec(type) ?? [];
      applyTo(event, () => stepOf(event, step => holder === undefined || step.type === holder));
    }
  }
  return [...steps.values()].map(({ hasFailed, isOver, ...step }) => ({
    ...step,
    status: statusOf(step.exitedAt !== undefined, hasFailed, isActive && !isOver),
  }));
}

function statusOf(hasExited: boolean, hasFailed: boolean, isActive: boolean): StepStatus {
  if (hasExited) return hasFailed ? 'caught' : 'succeeded';
  if (isActive) return hasFailed ? 'retrying' : 'active';
  return hasFailed ? 'failed' : 'interrupted';
}

const BEGINS_ATTEMPT = /^(LambdaFunction|Task|Activity)Scheduled$/;
const HOLDER_FAILS = /^(Parallel|Map)StateFailed$/;

/** What happened in a step, of which there is none for what happened to the execution. */
function applyTo(event: HistoryEvent, find: () => Draft | undefined): void {
  const { type = '', timestamp: at = new Date(0) } = event;
  const failure = failureOf(event);
  const begins = BEGINS_ATTEMPT.test(type);
  // The execution's own end repeats what ended it.
  if (type.startsWith('Execution') || !(begins || failure || HOLDER_FAILS.test(type))) return;
  const step = find();
  if (!step) return;
  if (begins) step.attempts++;
  if (failure) step.errors.push({ at, ...failure });
  step.hasFailed = !begins;
  step.isOver = false;
}

/** Whichever kind of event it is: its details alone have an error or a cause. */
function failureOf(event: object): Omit<StepError, 'at'> | undefined {
  for (const details of Object.values(event)) {
    if (typeof details !== 'object' || details === null || !('error' in details)) continue;
    const { error, cause } = details as { error?: string; cause?: string };
    return { error: error ?? 'unknown', ...(cause !== undefined && { cause }) };
  }
  return undefined;
}

/** Absent where the execution's data is not shown. */
export function fromJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // A custom resource's text, or one that was cut short.
    return text;
  }
}
