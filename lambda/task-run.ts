import type { Envelope } from '../contract/envelope.ts';
import type { AsJson } from './as-json.ts';
import type { RunRecord } from './run-record.ts';

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
  /** Which schedule began the run, and when it was due. Absent when something else sent it. */
  readonly schedule?: { readonly name: string; readonly scheduledAt: Date };
  /** The W3C trace context that the run belongs to; tasks that the handler sends get it too. */
  readonly traceparent: string | undefined;
  /**
   * Aborts when the attempt is over before its handler is: its task's timeout is used up, the run was canceled or taken
   * over, or the function is about to end. Hand it to `fetch` and the SDK. A handler that goes on regardless may be
   * frozen and thaw in a later invocation: only effects with an idempotency key are safe then.
   */
  readonly signal: AbortSignal;
  /**
   * A key for an effect of this run, the same in every attempt and after a redrive; another one when the run's own key
   * is used anew, after the run had succeeded and was forgotten. Give it to the provider that
   * takes the payment or sends the mail.
   * @param effect names the effect within the run, such as `'charge'`
   */
  idempotencyKey(effect: string): string;
  /**
   * Says how far the run is. At most one write every 3 s; what comes in between is written with the next, or with the
   * run's end.
   * @param fraction from 0 to 1
   * @param message what is beyond 1,024 characters is cut off
   * @throws RangeError when the fraction is out of its range; the signal's reason once that has aborted
   */
  progress(fraction: number, message?: string): Promise<void>;
  /**
   * Carries out a step once in the run's life, redrives included: a later attempt gets the stored result. Costs a write.
   * The result is JSON, and comes back as JSON carries it; all steps of a run together hold at most 200 KB. A process
   * can die between the effect and its record, so give the effect its `idempotencyKey` as well.
   * @param name 1 to 64 of `a-z A-Z 0-9 . _ -`, once in an attempt
   * @throws what `carryOut` throws; the signal's reason once that has aborted, without carrying anything out
   */
  step<T>(name: string, carryOut: () => T | Promise<T>): Promise<AsJson<T>>;
}

export function createTaskRun(
  {
    runId,
    task,
    epoch,
    keyEpoch,
    firstSentAt,
    schedule,
    traceparent,
  }: Envelope & { readonly firstSentAt: number },
  { attempt, watch, steps }: RunRecord,
  signal: AbortSignal,
): TaskRun {
  return {
    runId,
    task,
    epoch,
    attempt,
    traceparent,
    signal,
    firstSentAt: new Date(firstSentAt),
    ...(schedule && { schedule: { name: schedule.name, scheduledAt: new Date(schedule.at) } }),
    idempotencyKey: effect => `${keyEpoch === undefined ? runId : `${runId}.${keyEpoch}`}:${effect}`,
    async progress(fraction, message) {
      signal.throwIfAborted();
      await watch.progress(fraction, message);
    },
    async step<T>(name: string, carryOut: () => T | Promise<T>) {
      signal.throwIfAborted();
      return (await steps.step(name, carryOut)) as AsJson<T>;
    },
  };
}
