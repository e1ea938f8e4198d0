import type { LocalFunction } from '../lambda/function-api.ts';
import type { LocalQueue } from '../sqs/queue-api.ts';

/** What a template says of an `AWS::Lambda::EventSourceMapping` of a queue, with its defaults filled in. */
export interface SqsEventSourceSettings {
  /** Default in AWS: 10. */
  readonly batchSize: number;
  /** Default in AWS: 0, the function is invoked at once. */
  readonly maximumBatchingWindowSeconds: number;
  /** `ScalingConfig.MaximumConcurrency`: how many batches run at once. */
  readonly maximumConcurrency?: number;
  /** `FunctionResponseTypes` has `ReportBatchItemFailures`. */
  readonly reportBatchItemFailures: boolean;
  /** `FilterCriteria`: refused, they are not imitated yet. */
  readonly filters?: readonly unknown[];
  readonly enabled: boolean;
}

/** Thrown at the start of an event source that AWS would refuse, or that the engine cannot imitate. */
class EventSourceSettingsError extends Error {
  override readonly name = 'EventSourceSettingsError';
}

/** Throws on what CreateEventSourceMapping refuses (https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html). */
export function checkSettings(
  settings: SqsEventSourceSettings,
  queue: Pick<LocalQueue, 'name' | 'fifo' | 'visibilityTimeoutSeconds'>,
  { timeoutSeconds }: Pick<LocalFunction, 'timeoutSeconds'>,
): void {
  const { fifo, visibilityTimeoutSeconds } = queue;
  const broken = [
    ...rulesOf(settings, fifo),
    {
      condition: visibilityTimeoutSeconds < timeoutSeconds,
      message: `Queue visibility timeout: ${visibilityTimeoutSeconds} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
    },
  ].find(({ condition }) => condition);
  if (broken)
    throw new EventSourceSettingsError(`The event source of queue ${queue.name}: ${broken.message}`);
}

function rulesOf(settings: SqsEventSourceSettings, fifo: boolean): { condition: boolean; message: string }[] {
  const { batchSize, maximumBatchingWindowSeconds: window, maximumConcurrency, filters = [] } = settings;
  return [
    {
      condition: filters.length > 0,
      message: `FilterCriteria are not supported locally, got ${filters.length}; remove them, or filter in the handler`,
    },
    {
      condition: outside(batchSize, 1, 10_000),
      message: `BatchSize must be 1 to 10000, got ${batchSize}`,
    },
    {
      condition: outside(window, 0, 300),
      message: `MaximumBatchingWindowInSeconds must be 0 to 300, got ${window}`,
    },
    {
      condition: maximumConcurrency !== undefined && outside(maximumConcurrency, 2, 1000),
      message: `MaximumConcurrency must be 2 to 1000, got ${maximumConcurrency}`,
    },
    {
      condition: fifo && batchSize > 10,
      message: `BatchSize must be at most 10 for a FIFO queue, got ${batchSize}`,
    },
    {
      condition: fifo && window > 0,
      message: `a FIFO queue takes no MaximumBatchingWindowInSeconds, got ${window}; remove it`,
    },
    {
      condition: batchSize > 10 && window < 1,
      message: `BatchSize ${batchSize} is above 10 and needs a MaximumBatchingWindowInSeconds of at least 1, got ${window}`,
    },
  ];
}

function outside(value: number, least: number, most: number): boolean {
  return !Number.isInteger(value) || value < least || value > most;
}
