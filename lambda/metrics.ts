import { queueNameOf } from '../contract/environment.ts';
import { METRICS, METRICS_NAMESPACE, type MetricName } from '../contract/metrics.ts';
import type { ConsumedQueue, Consumer } from './consumer.ts';

/** The metrics of one invocation: gathered from its records, written once. */
export interface InvocationMetrics {
  /** One more of what is counted, or the value of what is measured. */
  add(task: string, metric: MetricName, value?: number): void;
  write(nowMs: number): void;
}

/** Values of one metric in one line. */
const MAX_VALUES = 100;

const UNKNOWN_TASK = '(unknown)';
const ALL_TASKS = '';

type Values = Map<MetricName, number[]>;

/**
 * CloudWatch takes metrics out of log lines in its embedded metric format, so they cost no request. A line by queue,
 * or one by task. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createMetrics(queue: ConsumedQueue, { handlers }: Consumer): InvocationMetrics {
  const { metrics } = queue.consumer;
  const byTask = metrics === 'task';
  // Strangers may send any task's name, and each would be a metric to pay for.
  const seriesOf = (task: string) => (handlers.has(task) ? task : UNKNOWN_TASK);
  const valuesByTask = new Map<string, Values>();
  return {
    add(task, metric, value = 1) {
      if (metrics === undefined || !Number.isFinite(value)) return;
      const values = getOrAdd(valuesByTask, byTask ? seriesOf(task) : ALL_TASKS, () => new Map());
      getOrAdd(values, metric, () => []).push(value);
    },
    write(nowMs) {
      for (const [task, values] of valuesByTask) {
        const dimensions = { QueueName: queueNameOf(queue), ...(byTask && { TaskName: task }) };
        for (const line of toLines(values, dimensions, nowMs))
          process.stdout.write(`${JSON.stringify(line)}\n`);
      }
    },
  };
}

function* toLines(all: Values, dimensions: Readonly<Record<string, string>>, nowMs: number) {
  const folded = [...all].map(([name, values]) => [name, fold(name, values)] as const);
  const longest = Math.max(...folded.map(([, values]) => values.length));
  // What is measured by task is of the queue as well.
  const dimensionSets = Object.keys(dimensions).map((_, index, names) => names.slice(0, index + 1));
  for (let start = 0; start < longest; start += MAX_VALUES) {
    const values = folded
      .map(([name, each]) => [name, each.slice(start, start + MAX_VALUES)] as const)
      .filter(([, each]) => each.length > 0);
    yield {
      _aws: {
        Timestamp: nowMs,
        CloudWatchMetrics: [
          {
            Namespace: METRICS_NAMESPACE,
            Dimensions: dimensionSets,
            Metrics: values.map(([Name]) => ({ Name, Unit: METRICS[Name].unit })),
          },
        ],
      },
      ...dimensions,
      ...Object.fromEntries(values),
    };
  }
}

/** Only of what is distributed does every value count. */
function fold(name: MetricName, values: readonly number[]): readonly number[] {
  switch (METRICS[name].keep) {
    case 'all':
      return values;
    case 'sum':
      return [values.reduce((sum, value) => sum + value, 0)];
    case 'most':
      return [values.reduce((most, value) => Math.max(most, value))];
  }
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const made = make();
  map.set(key, made);
  return made;
}
