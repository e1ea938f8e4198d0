/**
 * Where a run stands.
 *
 * - `queued`: sent, no attempt has begun
 * - `running`: an attempt holds the lease
 * - `retrying`: an attempt failed or was given back, and another will follow
 * - `succeeded`, `deadLettered`, `canceled`: terminal; only a redrive brings a dead-lettered run back
 */
export type RunStatus = 'queued' | 'running' | 'retrying' | 'succeeded' | 'deadLettered' | 'canceled';

/**
 * The legal changes of a run's status within one epoch. `running` follows itself when a lease has expired and another
 * attempt takes it. A redrive, or a reused idempotency key whose memory has ended, begins a new epoch at `queued` or
 * `running`.
 */
export const TRANSITIONS: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  queued: ['running', 'deadLettered', 'canceled'],
  running: ['running', 'succeeded', 'retrying', 'deadLettered', 'canceled'],
  retrying: ['running', 'deadLettered', 'canceled'],
  succeeded: [],
  deadLettered: [],
  canceled: [],
};

export function isTerminal(status: RunStatus): boolean {
  return TRANSITIONS[status].length === 0;
}

/** Why a run was dead-lettered. */
export type DeadLetterCause =
  /** Its last attempt failed. */
  | 'attemptsUsedUp'
  /** The handler threw a `NonRetryableError`. */
  | 'notRetryable'
  /** Its process died in its last attempt: killed, out of memory, or timed out by Lambda. */
  | 'lost'
  /** The message body is not JSON, or not an envelope. */
  | 'malformed'
  /** The consumer has no handler for the task. */
  | 'unknownTask'
  /** The task's schema refuses the payload. */
  | 'invalidPayload'
  /** What the run has in the payload bucket, its payload or a step's result, is not there, or is something else. */
  | 'payloadLost'
  /** The handler's result, or a step's, cannot be stored: too large, or not JSON. */
  | 'invalidResult'
  /** Older than the task's `maxAge` before its first attempt. */
  | 'expired';

/** What went wrong in an attempt, bounded so that it fits wherever it is written. */
export interface RunError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: RunError;
}

/** How far a handler says it is. */
export interface RunProgress {
  /** From 0 to 1. */
  readonly fraction: number;
  readonly message?: string;
}

/** A life of a run that ended before a redrive began the next. */
export interface PastLife {
  readonly epoch: number;
  /** Attempts begun in it. */
  readonly attempts: number;
  /** Why it was given up; absent when SQS dead-lettered its message before the consumer did. */
  readonly cause?: DeadLetterCause;
  /** Of its last failed attempt, without stack and causes. */
  readonly error?: RunError;
  readonly finishedAt?: Date;
}

/** One run, as applications read it. Times are dates; a field is absent until it has a meaning. */
export interface Run {
  readonly runId: string;
  readonly task: string;
  readonly status: RunStatus;
  /** Lives of the run: 0 at first, one more with each redrive. */
  readonly epoch: number;
  /** Attempts begun in this epoch. */
  readonly attempt: number;
  readonly createdAt: Date;
  /** When a run that was sent for later is, or was, to begin. */
  readonly scheduledFor?: Date;
  /** When the latest attempt began. */
  readonly startedAt?: Date;
  readonly finishedAt?: Date;
  /** When a `retrying` run may be attempted again. */
  readonly notBefore?: Date;
  /** What the handler returned. */
  readonly result?: unknown;
  readonly progress?: RunProgress;
  /** When an attempt of more than 10 s last said that it is alive. */
  readonly heartbeatAt?: Date;
  /** Of the latest failed attempt. */
  readonly error?: RunError;
  /** Why a `deadLettered` run was given up. */
  readonly cause?: DeadLetterCause;
  readonly idempotencyKey?: string;
  /** When a `running` run was asked to end. */
  readonly cancelRequestedAt?: Date;
  /** When a `deadLettered` run was given up for good. */
  readonly discardedAt?: Date;
  readonly discardReason?: string;
  /** The lives of a redriven run before this one, oldest first; at most the last ten. */
  readonly history?: readonly PastLife[];
}
