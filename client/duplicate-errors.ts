import type { RunStatus } from '../contract/run.ts';
import type { RunItem } from '../contract/run-item.ts';

/** The idempotency key stands for a run with another payload, whose memory has not ended. */
export class IdempotencyKeyReusedError extends Error {
  override readonly name = 'IdempotencyKeyReusedError';
  readonly task: string;
  readonly idempotencyKey: string;
  /** The run that has the key. */
  readonly runId: string;

  constructor(task: string, idempotencyKey: string, runId: string) {
    super(
      `The idempotency key '${idempotencyKey}' of task '${task}' belongs to run ${runId}, which has another payload: ` +
        'repeat the send with the payload it had, or give this one a key of its own',
    );
    this.task = task;
    this.idempotencyKey = idempotencyKey;
    this.runId = runId;
  }
}

/** The run is there already, and its task's `idempotency` says that a second send of its key is an error. */
export class DuplicateRunError extends Error {
  override readonly name = 'DuplicateRunError';
  readonly task: string;
  readonly idempotencyKey: string;
  /** The run that has the key. */
  readonly runId: string;
  /** Where that run stands. */
  readonly status: RunStatus;

  constructor(idempotencyKey: string, { task, runId, status }: Pick<RunItem, 'task' | 'runId' | 'status'>) {
    super(
      `The idempotency key '${idempotencyKey}' of task '${task}' belongs to run ${runId}, which is ${status}: wait for ` +
        "that run, or send under another key; the task's idempotency options say that this is an error",
    );
    this.task = task;
    this.idempotencyKey = idempotencyKey;
    this.runId = runId;
    this.status = status;
  }
}
