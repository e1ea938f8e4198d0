import type { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import type { ConsumedQueue, Consumer } from './consumer.ts';
import type { Deadline } from './deadline.ts';
import type { InvocationMetrics } from './metrics.ts';

/** What the records of one invocation share. */
export interface Invocation {
  readonly consumer: Consumer;
  readonly queue: ConsumedQueue;
  readonly deadline: Deadline;
  readonly idempotency: IdempotencyConfig;
  readonly metrics: InvocationMetrics;
}
