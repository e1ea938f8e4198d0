import type { Client } from '../client/create-client.ts';
import { type DurationString, parseDuration } from '../contract/duration.ts';
import { isTerminal, type Run, type RunStatus } from '../contract/run.ts';
import type { ManualClock } from '../local/time/manual-clock.ts';

export interface WaitForRunOptions {
  /** @default any in which a run has ended: `succeeded`, `deadLettered`, `canceled` */
  readonly status?: RunStatus;
  /**
   * How much time may pass.
   * @default 14d, which is the longest that a queue keeps a message, and as much more as the run was sent for later
   */
  readonly timeout?: DurationString;
}

const DEFAULT_TIMEOUT = '14d';

/** What is waited for. */
export interface Awaited {
  readonly runId: string;
  /** The life that was begun last: a run that was redriven has ended before, and is yet to end again. */
  readonly epoch: number;
}

/** Lets time pass from one thing that is due to the next. */
export async function waitForRun(
  clock: ManualClock,
  client: Client,
  { runId, epoch }: Awaited,
  { status, timeout }: WaitForRunOptions,
): Promise<Run> {
  const startedAt = clock.now();
  const limitMs = parseDuration(timeout ?? DEFAULT_TIMEOUT, 'waitForRun: timeout');
  for (;;) {
    const dueAt = await clock.nextDueAt();
    const run = await client.getRun(runId);
    if (run && run.epoch >= epoch) {
      if (hasArrived(run, status)) return run;
      if (isTerminal(run.status)) throw new Error(`${describe(runId, run)}: it will not be ${status}`);
    }
    const laterMs = timeout === undefined ? (run?.scheduledFor?.getTime() ?? 0) - startedAt : 0;
    if (dueAt > startedAt + limitMs + Math.max(0, laterMs)) {
      throw new Error(`${describe(runId, run)} ${whyNot(dueAt, clock.now(), timeout ?? DEFAULT_TIMEOUT)}`);
    }
    await clock.advanceTo(dueAt);
  }
}

function hasArrived({ status }: Run, wanted: RunStatus | undefined): boolean {
  return wanted === undefined ? isTerminal(status) : status === wanted;
}

function describe(runId: string, run: Run | undefined): string {
  if (run === undefined) {
    return `Run ${runId} is not found (its id may be wrong, or it has not begun in a queue that does not track queued runs)`;
  }
  const { task, status, attempt, notBefore, error, cause } = run;
  const details = [
    ...(attempt > 0 ? [`attempt ${attempt}`] : []),
    ...(cause ? [cause] : []),
    ...(notBefore ? [`not before ${notBefore.toISOString()}`] : []),
    ...(error ? [`${error.name}: ${error.message}`] : []),
  ];
  return `Run ${runId} of '${task}' is ${status}${details.length > 0 ? ` (${details.join(', ')})` : ''}`;
}

function whyNot(dueAt: number, nowMs: number, timeout: DurationString): string {
  const now = new Date(nowMs).toISOString();
  return Number.isFinite(dueAt)
    ? `at ${now}, and nothing is due within ${timeout} that could change that; next is ${new Date(dueAt).toISOString()}`
    : `at ${now}, and nothing is due in the app any more that could change that`;
}
