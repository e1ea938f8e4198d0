import type { Bench } from '../harness/bench.ts';
import { atMost, type Figure, tracked } from '../harness/figure.ts';
import { countScenarios, type ScenarioCounts, type TaskCounts } from '../harness/scenarios.ts';
import { PRICES } from '../prices.ts';
import { featureWrites } from './feature-writes.ts';

/** What a task's work takes, with the records of a batch side by side. */
const WORK_SECONDS = 0.1;

/** A duplicate does no work; its invocation takes about as long as one write. */
const DUPLICATE_SECONDS = 0.01;

const MEMORY_GB = 0.25;

/** Succeeded, Duration, QueueLatency and BacklogAge: the others have values only in hours in which something failed. */
const METRICS_IN_USE = 4;

const MILLION = 1e6;

/** Requests and write units are counted, not timed: they are the same on any machine. */
export async function requestsAndCost({ assembly, quick }: Bench): Promise<readonly Figure[]> {
  const counts = await countScenarios(assembly, quick ? 100 : 1000);
  return [
    ...requestFigures(counts.lean),
    ...featureWrites(counts),
    ...costFigures(counts),
    ...logAndMetricFigures(counts, assembly),
  ];
}

function requestFigures(lean: TaskCounts): Figure[] {
  const { dynamodbRequests, dynamodbReads, writeUnits } = lean;
  if (dynamodbReads > 0) throw new Error(`A task must read nothing, got ${dynamodbReads} reads a task`);
  return [
    atMost(2, {
      name: 'dynamodb-writes-per-task',
      value: Math.max(writeUnits, dynamodbRequests),
      unit: 'writes',
      how:
        `the larger of ${writeUnits} write units (ReturnConsumedCapacity, and one for each index entry) and ` +
        `${dynamodbRequests} requests at the wire; success in batches, trackQueued off, no reads`,
    }),
    atMost(0.35, {
      name: 'sqs-requests-per-task',
      value: lean.sqsRequests,
      unit: 'requests',
      how: 'sent by sendTasks; sends at the wire, and a receive and a delete for each invocation',
    }),
  ];
}

function costFigures({
  lean,
  tracked: byDefault,
  duplicate,
  retried,
  deadLettered,
}: ScenarioCounts): Figure[] {
  const leanUsd = usdPerMillion(lean, WORK_SECONDS);
  const unit = 'US$';
  return [
    atMost(1.45, {
      name: 'cost-per-million-tasks-lean-usd',
      value: leanUsd,
      unit,
      how: `trackQueued off: ${describe(lean)}`,
    }),
    atMost(2.8, {
      name: 'cost-per-million-tasks-default-usd',
      value: usdPerMillion(byDefault, WORK_SECONDS),
      unit,
      how: describe(byDefault),
    }),
    tracked({
      name: 'cost-per-million-duplicates-usd',
      value: usdPerMillion(duplicate, DUPLICATE_SECONDS),
      unit,
      how: `what second deliveries of succeeded runs add, their sends included: ${describe(duplicate)}`,
    }),
    tracked({
      name: 'cost-per-million-retries-usd',
      value: usdPerMillion(retried, WORK_SECONDS) - leanUsd,
      unit,
      how: `what a failed attempt adds to a task (lean); such a task in all: ${describe(retried)}`,
    }),
    tracked({
      name: 'cost-per-million-dead-letters-usd',
      value: usdPerMillion(deadLettered, WORK_SECONDS),
      unit,
      how: `lean, one attempt: ${describe(deadLettered)}`,
    }),
  ];
}

function logAndMetricFigures({ lean }: ScenarioCounts, assembly: Bench['assembly']): Figure[] {
  const alarms = assembly.countInSmall('AWS::CloudWatch::Alarm');
  return [
    tracked({
      name: 'cost-per-million-tasks-logs-usd',
      value: ((lean.logBytes * MILLION) / 1e9) * PRICES.logGigabyte,
      unit: 'US$',
      how: `${Math.round(lean.logBytes)} bytes that the consumer writes a task; Lambda's own lines are not in it`,
    }),
    tracked({
      name: 'cost-of-metrics-per-queue-month-usd',
      value: alarms * PRICES.alarmMonth + METRICS_IN_USE * PRICES.metricMonth,
      unit: 'US$ a month',
      how: `${alarms} alarms a task queue, and ${METRICS_IN_USE} custom metrics while it is used and nothing fails`,
    }),
  ];
}

function usdPerMillion({ sqsRequests, writeUnits, invocations }: TaskCounts, seconds: number): number {
  const perTask =
    sqsRequests * PRICES.sqsRequest +
    writeUnits * PRICES.dynamodbWriteUnit +
    invocations * (PRICES.lambdaRequest + seconds * MEMORY_GB * PRICES.lambdaGbSecond);
  return perTask * MILLION;
}

function describe({ sqsRequests, writeUnits, invocations }: TaskCounts): string {
  const rounded = [sqsRequests, writeUnits, invocations].map(value => Number(value.toFixed(3)));
  return `${rounded[0]} SQS requests, ${rounded[1]} write units, ${rounded[2]} invocations a task`;
}
