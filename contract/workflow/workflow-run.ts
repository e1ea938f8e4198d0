import type { RunError, RunProgress } from '../run.ts';
import { listKey } from '../run-item.ts';
import type { WorkflowDefinition } from './workflow.ts';

/**
 * Where a run of a workflow stands.
 *
 * - `queued`: it was started, and no step has begun
 * - `running`: a step is at work, or the state machine between two of them
 * - `waiting`: for a time, or for a signal
 * - `succeeded`, `failed`, `timedOut`, `canceled`: terminal; a redrive brings all but `succeeded` back
 */
export type WorkflowStatus =
  | 'queued'
  | 'running'
  | 'waiting'
  | 'succeeded'
  | 'failed'
  | 'timedOut'
  | 'canceled';

export const ACTIVE_STATUSES = ['queued', 'running', 'waiting'] as const satisfies readonly WorkflowStatus[];

/** What only a redrive leads out of. */
export const REDRIVABLE_STATUSES = [
  'failed',
  'timedOut',
  'canceled',
] as const satisfies readonly WorkflowStatus[];

export const ALL_STATUSES = [
  ...ACTIVE_STATUSES,
  ...REDRIVABLE_STATUSES,
  'succeeded',
] as const satisfies readonly WorkflowStatus[];

export function isActive(status: WorkflowStatus): boolean {
  return ACTIVE_STATUSES.some(active => active === status);
}

/** One attempt of a step that has ended. */
export interface StepRecord {
  readonly step: string;
  /** From 1. */
  readonly attempt: number;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** Absent when it succeeded. */
  readonly error?: RunError;
}

/** A run of a workflow, as applications read it. A field is absent until it has a meaning. */
export interface WorkflowRun<Output = unknown> {
  readonly runId: string;
  readonly workflow: string;
  readonly status: WorkflowStatus;
  /** 0 at first, one more with each redrive. */
  readonly epoch: number;
  readonly createdAt: Date;
  /** When its first step began. */
  readonly startedAt?: Date;
  readonly finishedAt?: Date;
  /** The step that began last. */
  readonly step?: string;
  /** What a `waiting` run waits for: a signal's name. */
  readonly waitingFor?: string;
  /** Until when a `waiting` run waits at most. */
  readonly waitsUntil?: Date;
  readonly progress?: RunProgress;
  /** Attempts of steps that have ended, oldest first; at most the first hundred. */
  readonly steps: readonly StepRecord[];
  /** Absent in lists and in `onEnded` when it is too large for the event or the run's item; `getWorkflowRun` has it. */
  readonly output?: Output;
  /** Why a `failed` run failed, or a `canceled` one was canceled. */
  readonly error?: RunError;
  readonly idempotencyKey?: string;
}

/** How it lies in the run table. Times are milliseconds since the epoch, but for `expiresAt`. */
export interface WorkflowItem {
  readonly runId: string;
  readonly workflow: string;
  readonly status: WorkflowStatus;
  readonly epoch: number;
  readonly createdAt: number;
  /** When anything of it was last written. */
  readonly updatedAt: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly step?: string;
  readonly waitingFor?: string;
  readonly waitsUntil?: number;
  /** JSON. */
  readonly progress?: string;
  /** JSON. */
  readonly output?: string;
  /** JSON. */
  readonly error?: string;
  readonly idempotencyKey?: string;
  /** SHA-256 of the input. */
  readonly inputHash?: string;
  /** TTL, in seconds. */
  readonly expiresAt?: number;
  readonly listKey?: string;
  /** JSON of step records, in the order in which they ended. */
  readonly steps: readonly string[];
}

const TEXTS = ['runId', 'workflow', 'status', 'step', 'waitingFor', 'progress', 'output', 'error'] as const;
const MORE_TEXTS = ['idempotencyKey', 'inputHash', 'listKey'] as const;
const NUMBERS = [
  'epoch',
  'createdAt',
  'updatedAt',
  'startedAt',
  'finishedAt',
  'waitsUntil',
  'expiresAt',
] as const;

type Attributes = Readonly<
  Record<
    string,
    { S?: string | undefined; N?: string | undefined; L?: { S?: string | undefined }[] | undefined }
  >
>;

/** @throws TypeError when it is no run of a workflow */
export function parseWorkflowItem(attributes: Attributes): WorkflowItem {
  const item: Record<string, unknown> = { steps: attributes.steps?.L?.flatMap(({ S }) => S ?? []) ?? [] };
  for (const name of [...TEXTS, ...MORE_TEXTS]) {
    const text = attributes[name]?.S;
    if (text !== undefined) item[name] = text;
  }
  for (const name of NUMBERS) {
    const number = attributes[name]?.N;
    if (number !== undefined) item[name] = Number(number);
  }
  for (const name of ['runId', 'workflow', 'status', 'epoch', 'createdAt', 'updatedAt']) {
    if (item[name] === undefined) {
      throw new TypeError(
        `a run of a workflow must have the attribute ${name}; got ${Object.keys(attributes).join(', ') || 'nothing'}`,
      );
    }
  }
  return item as unknown as WorkflowItem;
}

export function toWorkflowRun<Output>(item: WorkflowItem): WorkflowRun<Output> {
  const date = (ms: number) => new Date(ms);
  return {
    runId: item.runId,
    workflow: item.workflow,
    status: item.status,
    epoch: item.epoch,
    createdAt: date(item.createdAt),
    ...(item.startedAt !== undefined && { startedAt: date(item.startedAt) }),
    ...(item.finishedAt !== undefined && { finishedAt: date(item.finishedAt) }),
    ...(item.step !== undefined && { step: item.step }),
    ...(item.status === 'waiting' && item.waitingFor !== undefined && { waitingFor: item.waitingFor }),
    ...(item.status === 'waiting' && item.waitsUntil !== undefined && { waitsUntil: date(item.waitsUntil) }),
    ...(item.progress !== undefined && { progress: JSON.parse(item.progress) as RunProgress }),
    steps: item.steps.map(toStepRecord),
    ...(item.output !== undefined && { output: JSON.parse(item.output) as Output }),
    ...(item.error !== undefined && { error: JSON.parse(item.error) as RunError }),
    ...(item.idempotencyKey !== undefined && { idempotencyKey: item.idempotencyKey }),
  };
}

/** What `toStepRecord` reads. */
export function stepRecordJson(record: {
  readonly step: string;
  readonly attempt: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly error?: RunError;
}): string {
  return JSON.stringify(record);
}

function toStepRecord(json: string): StepRecord {
  const { startedAt, finishedAt, ...record } = JSON.parse(json) as Parameters<typeof stepRecordJson>[0];
  return { ...record, startedAt: new Date(startedAt), finishedAt: new Date(finishedAt) };
}

/** When a run may be forgotten that begins, or goes on, now: in seconds, as TTL counts. */
export function expiresAt(
  { timeoutSeconds, retentionMs }: Pick<WorkflowDefinition, 'timeoutSeconds' | 'retentionMs'>,
  nowMs: number,
): number {
  return Math.ceil((nowMs + timeoutSeconds * 1000 + retentionMs) / 1000);
}

/** Runs of workflows are listed apart from tasks of the same name: no task's name has a colon. */
export function workflowListKey(workflow: string, createdAtMs: number, runId: string): string {
  return listKey(listedAs(workflow), createdAtMs, runId);
}

export function listedAs(workflow: string): string {
  return `workflow:${workflow}`;
}

interface SignalAttributes {
  /** What its schema has made of what was sent. */
  readonly payload: string;
  /** Of what was sent. */
  readonly hash: string;
  readonly token: string;
}

/** The attributes of one signal. None can be another's: a signal's name has no colon. */
export function signalAttributes(name: string): SignalAttributes {
  return { payload: `signal:${name}:payload`, hash: `signal:${name}:hash`, token: `signal:${name}:token` };
}
