import { type DurationString, parseDuration } from '../contract/duration.ts';
import { isTerminal, type Run, type RunStatus } from '../contract/run.ts';
import type { ClientContext } from './client-context.ts';
import { getRun } from './get-run.ts';

export interface WaitOptions {
  /** How long to wait at most. */
  readonly timeout: DurationString;
  /** Ends the wait; the run goes on. */
  readonly signal?: AbortSignal;
}

/** The run was not terminal when the time was over. It goes on. */
export class RunWaitTimeoutError extends Error {
  override readonly name = 'RunWaitTimeoutError';
  readonly runId: string;
  /** Undefined when the run was never found. */
  readonly lastStatus: RunStatus | undefined;

  constructor(runId: string, lastStatus: RunStatus | undefined, timeout: DurationString) {
    const last =
      lastStatus === undefined
        ? 'it was not found: the id may be wrong, or the run not begun in a queue that does not track queued runs'
        : `it is ${lastStatus}`;
    super(`Run ${runId} did not end within ${timeout}: ${last}`);
    this.runId = runId;
    this.lastStatus = lastStatus;
  }
}

const FIRST_INTERVAL_MS = 100;
const LONGEST_INTERVAL_MS = 2000;
const GROWTH = 1.5;

export async function waitForRun(context: ClientContext, runId: string, options: WaitOptions): Promise<Run> {
  const { timeout, signal } = options;
  const { clock } = context;
  const deadline = clock.now() + parseDuration(timeout, 'waitForRun: timeout');
  for (
    let intervalMs = FIRST_INTERVAL_MS;
    ;
    intervalMs = Math.min(intervalMs * GROWTH, LONGEST_INTERVAL_MS)
  ) {
    signal?.throwIfAborted();
    const run = await getRun(context, runId);
    if (run && isTerminal(run.status)) return run;
    const leftMs = deadline - clock.now();
    if (leftMs <= 0) throw new RunWaitTimeoutError(runId, run?.status, timeout);
    await clock.sleep(Math.min(intervalMs, leftMs), signal);
  }
}
