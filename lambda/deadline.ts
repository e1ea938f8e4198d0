import { DEADLINE_MARGIN_MS } from '../contract/limits.ts';

/** Of the margin that synth leaves behind the longest timeout, this much may be gone when an attempt is claimed. */
const SLACK_AT_CLAIM_MS = 1000;

/** Before the deadline, attempts that still run are given back; then their outcome is written. */
const RELEASE_MARGIN_MS = 1500;

/** Before the deadline, writes are given up, so that the answer for the rest of the batch reaches Lambda. */
const ANSWER_MARGIN_MS = 300;

/** When this invocation must be over, as the consumer's parts see it. */
export interface Deadline {
  /** When Lambda kills the process: no lease needs to be longer. */
  readonly endsAt: number;
  readonly releaseAt: number;
  readonly settleBy: number;
  /** Whether an attempt of this length would end in time. */
  hasRoomFor(timeoutMs: number, nowMs: number): boolean;
}

export function createDeadline(nowMs: number, remainingMs: number): Deadline {
  const endsAt = nowMs + remainingMs;
  return {
    endsAt,
    releaseAt: endsAt - RELEASE_MARGIN_MS,
    settleBy: endsAt - ANSWER_MARGIN_MS,
    hasRoomFor: (timeoutMs, now) => now + timeoutMs + DEADLINE_MARGIN_MS - SLACK_AT_CLAIM_MS <= endsAt,
  };
}
