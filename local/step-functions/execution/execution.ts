import type { ExecutionStatus } from '@aws-sdk/client-sfn';
import type { Timer } from '../../clock.ts';
import type { StateMachine } from '../state-machine.ts';
import type { CallAws } from '../tasks/call-aws.ts';
import type { TaskTokens } from '../tasks/task-tokens.ts';
import { beginning, type Frame, forgetAwaited } from './frame.ts';
import { History, type SentEvent } from './history.ts';
import { runStates } from './run-states.ts';
import type { ExecutionScope } from './scope.ts';
import { StateFailure } from './state-failure.ts';

/** All that is kept of an execution. Plain JSON; times are milliseconds since the Unix epoch. */
export interface ExecutionRecord {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly inputJson: string;
  readonly startedAt: number;
  readonly traceHeader?: string;
  status: ExecutionStatus;
  stoppedAt?: number;
  outputJson?: string;
  error?: string;
  cause?: string;
  redriveCount: number;
  redrivenAt?: number;
  /** The latest redrives whose requests had a token, the newest first. */
  redriveTokens?: readonly { readonly token: string; readonly at: number }[];
  readonly frame: Frame;
}

export interface ExecutionOptions {
  readonly machine: StateMachine;
  readonly clock: ExecutionScope['clock'];
  readonly region: string;
  readonly tokens: TaskTokens;
  readonly callAws: CallAws;
  readonly random: () => number;
  /** Told whenever anything about it has changed. */
  readonly onChanged: () => void;
  /** Told when it starts, ends, or is redriven. */
  readonly onStatus: (record: ExecutionRecord) => void;
}

/** One run of a state machine. It ends once; a redrive makes it run again. */
export class Execution {
  readonly record: ExecutionRecord;
  readonly machine: StateMachine;
  readonly history: History;
  readonly #options: ExecutionOptions;
  #ending = new AbortController();
  #timeout: Timer | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(record: ExecutionRecord, options: ExecutionOptions, events: readonly SentEvent[] = []) {
    this.record = record;
    this.machine = options.machine;
    this.#options = options;
    this.history = new History(() => options.clock.now(), events);
  }

  start(): void {
    const { inputJson } = this.record;
    this.history.add('ExecutionStarted', 0, {
      executionStartedEventDetails: { input: inputJson, inputDetails: WHOLE, roleArn: this.machine.roleArn },
    });
    this.#options.onStatus(this.record);
    this.resume();
  }

  /** Goes on from where the frame says. */
  resume(): void {
    const { TimeoutSeconds } = this.machine.definition;
    const { clock } = this.#options;
    const since = this.record.redrivenAt ?? this.record.startedAt;
    if (TimeoutSeconds !== undefined) {
      const left = since + TimeoutSeconds * 1000 - clock.now();
      this.#timeout = clock.setTimer(() => this.#end('TIMED_OUT'), Math.max(0, left));
    }
    this.#work = this.#run();
  }

  stop(error: string | undefined, cause: string | undefined): void {
    this.#end('ABORTED', { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) });
  }

  /** When a request with this token has redriven it; undefined when none has lately. */
  redrivenBy(clientToken: string): number | undefined {
    const since = this.#options.clock.now() - TOKENS.validForMs;
    return this.record.redriveTokens?.find(({ token, at }) => token === clientToken && at >= since)?.at;
  }

  /** Its status must be one that can be redriven. */
  redrive(clientToken?: string): void {
    const { record } = this;
    const at = this.#options.clock.now();
    record.redriveCount++;
    record.redrivenAt = at;
    if (clientToken !== undefined) {
      const { redriveTokens = [] } = record;
      record.redriveTokens = [{ token: clientToken, at }, ...redriveTokens].slice(0, TOKENS.remembered);
    }
    record.status = 'RUNNING';
    for (const key of ['stoppedAt', 'error', 'cause', 'outputJson'] as const) delete record[key];
    forgetAwaited(record.frame);
    this.#ending = new AbortController();
    this.history.add('ExecutionRedriven', this.history.events.length, {
      executionRedrivenEventDetails: { redriveCount: record.redriveCount },
    });
    this.#options.onStatus(record);
    this.resume();
  }

  /** Ends the work and leaves the record as it is, for another engine to go on with. */
  async putAway(): Promise<void> {
    this.#ending.abort(new Error('the engine stops'));
    this.#timeout?.cancel();
    await this.#work;
  }

  async #run(): Promise<void> {
    const { record, machine, history } = this;
    const { signal } = this.#ending;
    const scope = {
      ...this.#options,
      runStates,
      history,
      stateMachineArn: machine.arn,
      frame: record.frame,
      wholeFrame: record.frame,
      outerVariables: {},
      signal,
      ended: signal,
      lastEventId: history.events.length,
      context: this.#context(),
    };
    try {
      const output = await runStates(machine.definition, scope);
      this.#end('SUCCEEDED', { outputJson: JSON.stringify(output) });
    } catch (failure) {
      if (signal.aborted) return;
      const { error, details: cause } = failure instanceof StateFailure ? failure : defect(failure);
      this.#end('FAILED', { error, cause });
    }
  }

  /** https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
  #context(): Readonly<Record<string, unknown>> {
    const { arn, name, inputJson, startedAt, redriveCount, redrivenAt } = this.record;
    return {
      Execution: {
        Id: arn,
        Input: JSON.parse(inputJson),
        Name: name,
        RoleArn: this.machine.roleArn,
        StartTime: new Date(startedAt).toISOString(),
        RedriveCount: redriveCount,
        ...(redrivenAt !== undefined && { RedriveTime: new Date(redrivenAt).toISOString() }),
      },
      StateMachine: { Id: this.machine.arn, Name: this.machine.name },
    };
  }

  /** The first end counts. */
  #end(
    status: Exclude<ExecutionStatus, 'RUNNING' | 'PENDING_REDRIVE'>,
    how: Pick<ExecutionRecord, 'outputJson' | 'error' | 'cause'> = {},
  ): void {
    const { record, history } = this;
    if (record.status !== 'RUNNING') return;
    Object.assign(record, how, { status, stoppedAt: this.#options.clock.now() });
    const { error = '', cause = '', outputJson = '' } = how;
    const [type, details] = ENDS[status];
    history.end(type, {
      [details]: status === 'SUCCEEDED' ? { output: outputJson, outputDetails: WHOLE } : { error, cause },
    });
    this.#timeout?.cancel();
    this.#ending.abort(new Error(`the execution is ${status}`));
    this.#options.onChanged();
    this.#options.onStatus(record);
  }
}

const WHOLE = { truncated: false };

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html */
const TOKENS = { remembered: 10, validForMs: 15 * 60_000 };

const ENDS = {
  SUCCEEDED: ['ExecutionSucceeded', 'executionSucceededEventDetails'],
  FAILED: ['ExecutionFailed', 'executionFailedEventDetails'],
  TIMED_OUT: ['ExecutionTimedOut', 'executionTimedOutEventDetails'],
  ABORTED: ['ExecutionAborted', 'executionAbortedEventDetails'],
} as const;

function defect(error: unknown): { error: string; details: string } {
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    error: 'States.Runtime',
    details: `The local Step Functions failed, which is a defect of its own: ${details}`,
  };
}

export function newRecord(
  machine: StateMachine,
  start: Pick<ExecutionRecord, 'arn' | 'name' | 'inputJson' | 'startedAt' | 'traceHeader'>,
): ExecutionRecord {
  return {
    ...start,
    stateMachineArn: machine.arn,
    status: 'RUNNING',
    redriveCount: 0,
    frame: beginning(machine.definition.StartAt, JSON.parse(start.inputJson)),
  };
}
