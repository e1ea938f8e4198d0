import type { Envelope } from '../contract/envelope.ts';
import type { RunRecord } from './run-record.ts';
import type { RunStore } from './run-store.ts';
import { ReleasedAttempt, SkippedFiring } from './settlement.ts';

/**
 * Ends a claimed run that its schedule does not want: one that is too late, or whose predecessor is still under way. A
 * redrive is an operator's decision, and runs whatever the schedule says.
 *
 * @throws SkippedFiring when the run is to be canceled
 * @throws ReleasedAttempt when the run table does not tell; that is no failed attempt
 */
export async function skipFiring(
  { schedule, runId, epoch }: Envelope,
  { attempt }: RunRecord,
  runs: RunStore,
  nowMs: number,
): Promise<void> {
  if (schedule === undefined || epoch > 0) return;
  const { name, at, maxLatenessSeconds, overlap, arn } = schedule;
  const lateSeconds = Math.round((nowMs - Date.parse(at)) / 1000);
  if (attempt === 1 && maxLatenessSeconds !== undefined && lateSeconds > maxLatenessSeconds) {
    throw new SkippedFiring(
      `schedule ${name} was due at ${at}, ${lateSeconds} s ago, and its maxLateness is ${maxLatenessSeconds} s`,
    );
  }
  if (overlap !== 'skip') return;
  const previous = await runs.holdSchedule(arn, runId, nowMs).catch((cause: unknown) => {
    throw new ReleasedAttempt('the run table does not tell whether an earlier run has ended', { cause });
  });
  if (previous !== undefined) {
    throw new SkippedFiring(
      `run ${previous} of schedule ${name} has not ended, and the schedule's overlap is 'skip'`,
    );
  }
}
