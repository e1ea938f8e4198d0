/**
 * Where a run of a workflow stands, by the status of its execution. Step Functions does not tell whether an `active` one
 * is queued, running or waiting.
 */
export const RUN_STATUSES = {
  RUNNING: 'active',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timedOut',
  ABORTED: 'canceled',
} as const;

export type RunStatus = (typeof RUN_STATUSES)[keyof typeof RUN_STATUSES];

/** @returns undefined for a status of distributed maps alone, or a new one */
export function runStatusOf(executionStatus: string | undefined): RunStatus | undefined {
  return executionStatus !== undefined && isKnown(executionStatus)
    ? RUN_STATUSES[executionStatus]
    : undefined;
}

const isKnown = (status: string): status is keyof typeof RUN_STATUSES => Object.hasOwn(RUN_STATUSES, status);
