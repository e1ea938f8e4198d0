import type { Invocation } from '../lambda/replaceable-function.ts';
import type { QueueCounts, SavableQueue } from '../sqs/queue-api.ts';
import type { Metric, Metrics } from './metrics.ts';

/**
 * The metrics of SQS that the engine computes.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
const QUEUE_METRICS: Readonly<Record<string, (counts: QueueCounts) => number>> = {
  ApproximateAgeOfOldestMessage: ({ oldestAgeMs = 0 }) => Math.floor(oldestAgeMs / 1000),
  ApproximateNumberOfMessagesDelayed: counts => counts.delayed,
  ApproximateNumberOfMessagesNotVisible: counts => counts.inFlight,
  ApproximateNumberOfMessagesVisible: counts => counts.visible,
};

/**
 * Those of Lambda. A throttle is no invocation and no error.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
const FUNCTION_METRICS: Readonly<Record<string, (invocation: Invocation) => number | undefined>> = {
  Duration: ({ outcome, durationMs }) => (outcome === 'throttled' ? undefined : durationMs),
  Errors: ({ outcome }) => (outcome === 'throttled' ? undefined : Number(outcome === 'failed')),
  Invocations: ({ outcome }) => (outcome === 'throttled' ? undefined : 1),
  Throttles: ({ outcome }) => Number(outcome === 'throttled'),
};

/**
 * Those of function URLs, by the status that the client got.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html
 */
const URL_METRICS: Readonly<Record<string, (status: number) => number>> = {
  Url4xxCount: status => Number(status >= 400 && status < 500),
  Url5xxCount: status => Number(status >= 500),
  UrlRequestCount: () => 1,
};

/** Why the engine cannot compute a metric; undefined where it can. */
export function whyNotComputed(
  { namespace, name, dimensions }: Metric,
  known: { readonly queues: readonly string[]; readonly functions: readonly string[] },
): string | undefined {
  if (!namespace.startsWith('AWS/')) return undefined;
  const [[dimension, value = ''] = [], ...others] = Object.entries(dimensions);
  const isQueue = namespace === 'AWS/SQS' && Object.hasOwn(QUEUE_METRICS, name);
  const isFunction =
    namespace === 'AWS/Lambda' &&
    [FUNCTION_METRICS, URL_METRICS].some(metrics => Object.hasOwn(metrics, name));
  if (!isQueue && !isFunction) return `the metric ${namespace} ${name} is not computed`;
  if (dimension !== (isQueue ? 'QueueName' : 'FunctionName') || others.length > 0) {
    return `the metric ${namespace} ${name} is not computed for the dimensions ${JSON.stringify(dimensions)}`;
  }
  const there = isQueue ? known.queues : known.functions;
  return there.includes(value)
    ? undefined
    : `these stacks have no ${isQueue ? 'queue' : 'function'} ${value}`;
}

/** Takes the data points of a minute from the queues that are watched. */
export function sampleQueues(queues: readonly SavableQueue[], metrics: Metrics, atMs: number): void {
  const counts = new Map<string, QueueCounts>();
  for (const { metric, series } of metrics.watched()) {
    const read = metric.namespace === 'AWS/SQS' ? QUEUE_METRICS[metric.name] : undefined;
    const { QueueName: name = '' } = metric.dimensions;
    const queue = read && queues.find(queue => queue.name === name);
    if (!read || !queue) continue;
    const ofQueue = counts.get(name) ?? queue.counts();
    counts.set(name, ofQueue);
    series.record(read(ofQueue), atMs);
  }
}

export function recordInvocation(invocation: Invocation, metrics: Metrics, atMs: number): void {
  for (const [name, read] of Object.entries(FUNCTION_METRICS)) {
    const value = read(invocation);
    const dimensions = { FunctionName: invocation.functionName };
    if (value !== undefined) metrics.record({ namespace: 'AWS/Lambda', name, dimensions }, value, atMs);
  }
}

export function recordUrlRequest(functionName: string, status: number, metrics: Metrics, atMs: number): void {
  for (const [name, read] of Object.entries(URL_METRICS)) {
    const metric = { namespace: 'AWS/Lambda', name, dimensions: { FunctionName: functionName } };
    metrics.record(metric, read(status), atMs);
  }
}
