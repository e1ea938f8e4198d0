/** What a step's handler knows of the run it works for. */
export interface StepRun {
  readonly runId: string;
  readonly workflow: string;
  readonly step: string;
  /** From 1. Those that Lambda had no room for count, though the handler was not called. */
  readonly attempt: number;
  /** Aborts when the step's timeout is used up, or its `heartbeat` missed. Hand it to `fetch` and the SDK. */
  readonly signal: AbortSignal;
  /**
   * A key for an effect of this step, the same in every attempt and after a redrive. A step that is used more than once
   * in a flow, in a map for one, names its effects apart.
   * @default the step's name names the effect
   */
  idempotencyKey(effect?: string): string;
  /** Says that the handler is alive, where its step has a `heartbeat`. No request: call it as often as you like. */
  heartbeat(): void;
  /**
   * Says how far the run is, and that the handler is alive. Each call is a write.
   * @param fraction from 0 to 1
   * @throws RangeError when the fraction is out of its range
   * @throws RunEndedError when the run has ended meanwhile, canceled for one: let it end the step
   */
  progress(fraction: number, message?: string): Promise<void>;
}
