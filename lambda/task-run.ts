import type { Envelope } from '../contract/envelope.ts';

/** What a handler knows of the run it works for. */
export interface TaskRun {
  readonly runId: string;
  readonly task: string;
  /** From 1, within this epoch. */
  readonly attempt: number;
  /** 0, and one more with each redrive. */
  readonly epoch: number;
  /** When the run was first sent, by SQS's clock. */
  readonly firstSentAt: Date;
  /**
   * Aborts when the attempt has used up the task's timeout. Hand it to `fetch` and the SDK. A handler that goes on
   * regardless may be frozen and thaw in a later invocation: only effects with an idempotency key are safe then.
   */
  readonly signal: AbortSignal;
  /**
   * A key for an effect of this run, the same in every attempt and after a redrive. Give it to the provider that
   * takes the payment or sends the mail.
   * @param effect names the effect within the run, such as `'charge'`
   */
  idempotencyKey(effect: string): string;
}

export function createTaskRun(
  { runId, task, epoch, firstSentAt }: Envelope & { readonly firstSentAt: number },
  attempt: number,
  signal: AbortSignal,
): TaskRun {
  return {
    runId,
    task,
    epoch,
    attempt,
    signal,
    firstSentAt: new Date(firstSentAt),
    idempotencyKey: effect => `${runId}:${effect}`,
  };
}
