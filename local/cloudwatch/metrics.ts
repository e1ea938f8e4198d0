/** One series of data points. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export type Statistic = 'Average' | 'Maximum' | 'Minimum' | 'SampleCount' | 'Sum';

/** Those metrics that somebody watches. */
export interface Metrics {
  /** Keeps the metric's data points from now on, for this long. */
  watch(metric: Metric, keepMs: number): Series;
  watched(): Iterable<{ readonly metric: Metric; readonly series: Series }>;
  /** Nothing happens for a metric that nobody watches. */
  record(metric: Metric, value: number, atMs: number): void;
}

/** The data points of one metric, a minute a bucket, as CloudWatch keeps them. */
export interface Series {
  record(value: number, atMs: number): void;
  /** Over the time from `fromMs` up to, not including, `toMs`. Undefined when there is no data point. */
  statistic(statistic: Statistic, fromMs: number, toMs: number): number | undefined;
}

export const MINUTE_MS = 60_000;

interface Bucket {
  readonly count: number;
  readonly sum: number;
  readonly least: number;
  readonly most: number;
}

export function createMetrics(): Metrics {
  const watched = new Map<string, { readonly metric: Metric; readonly series: KeptSeries }>();
  return {
    watch(metric, keepMs) {
      const key = keyOf(metric);
      const { series } = watched.get(key) ?? { series: createSeries() };
      watched.set(key, { metric, series });
      series.keep(keepMs);
      return series;
    },
    watched: () => watched.values(),
    record: (metric, value, atMs) => watched.get(keyOf(metric))?.series.record(value, atMs),
  };
}

interface KeptSeries extends Series {
  keep(forMs: number): void;
}

function createSeries(): KeptSeries {
  const buckets = new Map<number, Bucket>();
  let keepMs = 0;
  return {
    keep(forMs) {
      keepMs = Math.max(keepMs, forMs);
    },
    record(value, atMs) {
      const minute = atMs - (atMs % MINUTE_MS);
      buckets.set(minute, add(buckets.get(minute), value));
      for (const old of buckets.keys()) {
        if (old >= minute - keepMs) break; // The map has them in the order of time.
        buckets.delete(old);
      }
    },
    statistic(statistic, fromMs, toMs) {
      let total: Bucket | undefined;
      for (let minute = Math.ceil(fromMs / MINUTE_MS) * MINUTE_MS; minute < toMs; minute += MINUTE_MS) {
        const bucket = buckets.get(minute);
        if (bucket) total = total ? merge(total, bucket) : bucket;
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
