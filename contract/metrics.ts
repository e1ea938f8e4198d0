/** The CloudWatch namespace of what consumers measure. */
export const METRICS_NAMESPACE = 'BackgroundJobs';

/**
 * What a consumer measures, by queue or by task as well. CloudWatch charges for each metric in each hour in which it
 * has a value: so nothing is written for a count of none, and attempts started are the samples of `Duration`.
 */
export const METRICS = {
  /** Attempts that succeeded. */
  Succeeded: { unit: 'Count', keep: 'sum' },
  /** Attempts that failed and are followed by another. */
  Retried: { unit: 'Count', keep: 'sum' },
  /** Runs that were given up. */
  DeadLettered: { unit: 'Count', keep: 'sum' },
  /** Runs that were canceled while they were attempted. */
  Canceled: { unit: 'Count', keep: 'sum' },
  /** Time of an attempt, from its claim until it was settled. */
  Duration: { unit: 'Milliseconds', keep: 'all' },
  /** From a run's first send to its first attempt. */
  QueueLatency: { unit: 'Milliseconds', keep: 'all' },
  /** Age, by the first send, of the oldest run that was delivered, whatever came of it. */
  BacklogAge: { unit: 'Seconds', keep: 'most' },
} as const;

export type MetricName = keyof typeof METRICS;
