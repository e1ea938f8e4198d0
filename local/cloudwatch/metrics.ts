/** One series of data points. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export type Statistic = 'Average' | 'Maximum' | 'Minimum' | 'SampleCount' | 'Sum';

/** The data points of those metrics that somebody watches, a minute a bucket, as CloudWatch keeps them. */
export interface Metrics {
  /** Keeps the metric's data points from now on, for this long. */
  watch(metric: Metric, keepMs: number): void;
  isWatched(metric: Metric): boolean;
  record(metric: Metric, value: number, atMs: number): void;
  /** Over the time from `fromMs` up to, not including, `toMs`. Undefined when there is no data point. */
  statistic(metric: Metric, statistic: Statistic, fromMs: number, toMs: number): number | undefined;
}

export const MINUTE_MS = 60_000;

interface Bucket {
  readonly count: number;
  readonly sum: number;
  readonly least: number;
  readonly most: number;
}

export function createMetrics(): Metrics {
  const series = new Map<string, { keepMs: number; readonly buckets: Map<number, Bucket> }>();

  return {
    watch(metric, keepMs) {
      const known = series.get(keyOf(metric));
      if (known) known.keepMs = Math.max(known.keepMs, keepMs);
      else series.set(keyOf(metric), { keepMs, buckets: new Map() });
    },
    isWatched: metric => series.has(keyOf(metric)),
    record(metric, value, atMs) {
      const watched = series.get(keyOf(metric));
      if (watched === undefined) return;
      const minute = atMs - (atMs % MINUTE_MS);
      watched.buckets.set(minute, add(watched.buckets.get(minute), value));
      for (const old of watched.buckets.keys()) {
        if (old < minute - watched.keepMs) watched.buckets.delete(old);
      }
    },
    statistic(metric, statistic, fromMs, toMs) {
      let total: Bucket | undefined;
      for (const [minute, bucket] of series.get(keyOf(metric))?.buckets ?? []) {
        if (minute >= fromMs && minute < toMs) total = total ? merge(total, bucket) : bucket;
      }
      return total && statisticOf(total, statistic);
    },
  };
}

function keyOf({ namespace, name, dimensions }: Metric): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
}

function add(bucket: Bucket | undefined, value: number): Bucket {
  const one = { count: 1, sum: value, least: value, most: value };
  return bucket ? merge(bucket, one) : one;
}

function merge(a: Bucket, b: Bucket): Bucket {
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    least: Math.min(a.least, b.least),
    most: Math.max(a.most, b.most),
  };
}

function statisticOf({ count, sum, least, most }: Bucket, statistic: Statistic): number {
  switch (statistic) {
    case 'Average':
      return sum / count;
    case 'Maximum':
      return most;
    case 'Minimum':
      return least;
    case 'SampleCount':
      return count;
    case 'Sum':
      return sum;
  }
}
