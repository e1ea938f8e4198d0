import { formatDuration } from '../contract/duration.ts';
import { DEADLINE_MARGIN_MS, LAMBDA } from '../contract/limits.ts';
import type { Rule } from './rules.ts';
import type { TaskQueueProps } from './task-queue-props.ts';
import type { TaskQueueSettings } from './task-queue-settings.ts';

export function consumerRules(props: TaskQueueProps, settings: TaskQueueSettings): Rule[] {
  return [...functionRules(props, settings), ...eventSourceRules(settings)];
}

function functionRules(props: TaskQueueProps, settings: TaskQueueSettings): Rule[] {
  const { fifo, batchSize, longestTaskMs, neededTimeoutMs, timeoutSeconds, neededVisibilitySeconds } =
    settings;
  const largestBatch = Math.floor((LAMBDA.maxTimeoutSeconds * 1000 - DEADLINE_MARGIN_MS) / longestTaskMs);
  const needs =
    `${formatDuration(longestTaskMs)}, the longest task timeout, ${fifo ? `× ${batchSize} records of a FIFO batch ` : ''}` +
    `and ${formatDuration(DEADLINE_MARGIN_MS)} of margin`;
  return [
    {
      condition: props.timeout === undefined && Number.isNaN(timeoutSeconds),
      message:
        'timeout must be given: it follows from batchSize, and got a token there; give a number for one of them',
    },
    {
      condition: neededTimeoutMs > timeoutSeconds * 1000,
      message:
        `timeout must be at least ${formatDuration(neededTimeoutMs)} (${needs}), got ` +
        `${formatDuration(timeoutSeconds * 1000)}; raise timeout or lower the task's timeout${fifo ? ' or batchSize' : ''}`,
    },
    {
      condition: timeoutSeconds < 1 || timeoutSeconds > LAMBDA.maxTimeoutSeconds,
      message:
        `timeout must be from 1s to ${LAMBDA.maxTimeoutSeconds}s, got ${timeoutSeconds}s (${needs}); ` +
        (props.timeout ? 'lower timeout' : `lower batchSize to ${largestBatch}`),
    },
    {
      condition:
        props.queue === undefined &&
        props.visibilityTimeout === undefined &&
        Number.isNaN(neededVisibilitySeconds),
      message:
        'visibilityTimeout must be given: it follows from timeout and maxBatchingWindow, and got a token there; give ' +
        'a Duration that is known at synth for one of them',
    },
  ];
}

function eventSourceRules(settings: TaskQueueSettings): Rule[] {
  const { batchSize, windowSeconds, maxConcurrency, reservedConcurrency, concurrency, fifo } = settings;
  const { maxBatchSize, maxBatchSizeWithoutWindow, maxBatchingWindowSeconds } = LAMBDA;
  const { minEventSourceConcurrency, maxEventSourceConcurrency } = LAMBDA;
  return [
    {
      condition: outside(batchSize, 1, fifo ? maxBatchSizeWithoutWindow : maxBatchSize),
      message:
        `batchSize must be a whole number from 1 to ${fifo ? `${maxBatchSizeWithoutWindow} on a FIFO queue` : maxBatchSize}, ` +
        `got ${batchSize}; choose one in the range`,
    },
    {
      condition: !fifo && batchSize > maxBatchSizeWithoutWindow && windowSeconds < 1,
      message:
        `batchSize must be at most ${maxBatchSizeWithoutWindow} without a batching window, got ${batchSize}; lower it ` +
        'or set maxBatchingWindow to 1 second or more',
    },
    {
      condition: windowSeconds > maxBatchingWindowSeconds,
      message: `maxBatchingWindow must be at most ${maxBatchingWindowSeconds}s, got ${windowSeconds}s; lower it`,
    },
    {
      condition: fifo && windowSeconds > 0,
      message: `maxBatchingWindow must not be set on a FIFO queue (Lambda has none there), got ${windowSeconds}s; remove it`,
    },
    {
      condition: outside(maxConcurrency, minEventSourceConcurrency, maxEventSourceConcurrency),
      message:
        `maxConcurrency must be a whole number from ${minEventSourceConcurrency} to ${maxEventSourceConcurrency}, ` +
        `got ${maxConcurrency}; to run one task at a time, make the queue FIFO and send with one group key`,
    },
    {
      // The pollers would receive more than can run; what waits for longer than the visibility timeout spends a receive.
      condition: maxConcurrency > reservedConcurrency,
      message:
        `maxConcurrency must be at most reservedConcurrentExecutions (${reservedConcurrency}), got ${maxConcurrency}; ` +
        'lower maxConcurrency or reserve more',
    },
    {
      condition: outside(concurrency, 1, maxBatchSize),
      message: `concurrency must be a whole number from 1 to ${maxBatchSize}, got ${concurrency}; choose one in the range`,
    },
  ];
}

function outside(value: number, min: number, max: number): boolean {
  return value < min || value > max || (!Number.isNaN(value) && !Number.isInteger(value));
}
