import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS_NAMESPACE, type MetricName } from '../contract/metrics.ts';
import type { TaskDefinition } from '../contract/task.ts';
import type { TaskQueue } from './task-queue.ts';
import type { TaskQueueProps } from './task-queue-props.ts';

export interface RunMetricOptions extends cloudwatch.MetricOptions {
  /**
   * Of this task alone, where the queue has `metrics: 'task'`.
   * @default of all tasks of the queue
   */
  readonly task?: TaskDefinition;
}

/** @throws Error when the consumer does not tell the metric */
export function runMetric(
  { queue, node }: TaskQueue,
  told: NonNullable<TaskQueueProps['metrics']>,
  metricName: MetricName,
  statistic: string,
  { task, ...options }: RunMetricOptions = {},
): cloudwatch.Metric {
  if (told === 'none' || (task && told !== 'task')) {
    throw new Error(
      `${node.path}: the consumer does not tell ${metricName}${task ? ` of task '${task.name}'` : ''}, for metrics is ` +
        `'${told}'; set metrics: '${task ? 'task' : 'queue'}'`,
    );
  }
  return new cloudwatch.Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    statistic,
    dimensionsMap: { QueueName: queue.queueName, ...(task && { TaskName: task.name }) },
    ...options,
  }).attachTo(queue);
}
