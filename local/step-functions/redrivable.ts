import type { Execution } from './execution/execution.ts';
import { MAX_EVENTS } from './execution/history.ts';

/** https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html */
const REDRIVABLE_FOR_MS = 14 * 86_400_000;

/** Undefined for an execution that can be redriven. */
export function notRedrivableReason({ record, history }: Execution, nowMs: number): string | undefined {
  const { status, stoppedAt = nowMs } = record;
  if (status === 'RUNNING') return 'Execution is RUNNING and cannot be redriven';
  if (status === 'SUCCEEDED') return 'Execution is SUCCEEDED and cannot be redriven';
  if (nowMs - stoppedAt > REDRIVABLE_FOR_MS) return "Execution's redrivable period exceeded";
  if (history.events.length >= MAX_EVENTS - 1) return 'Execution history event limit exceeded';
  return undefined;
}
