import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { toRunError } from '../contract/dead-letter.ts';
import type { ConsumedQueue, Consumer } from './consumer.ts';
import { createDeadline } from './deadline.ts';
import { createInOrder } from './in-order.ts';
import type { Invocation } from './invocation.ts';
import { createMetrics } from './metrics.ts';
import type { Outcome } from './outcome.ts';
import { processRecord } from './process-record.ts';
import { LAST, mostStarved, TOGETHER, type Turn } from './turn.ts';
import { hideReturned, type ReturnedRecord } from './visibility.ts';

/**
 * One invocation: the records of its batch side by side, then one by one those whose process died before, so that a
 * run that kills its process takes no neighbour with it. One that found no room after them goes before them the next
 * time. Powertools isolates the records from one another and answers Lambda which of them are to be delivered again.
 */
export async function processBatch(
  event: SQSEvent,
  context: Context,
  consumer: Consumer,
): Promise<SQSBatchResponse> {
  const invocation = createInvocation(event, context, consumer);
  const response = await processAll(event, invocation);
  invocation.metrics.write(consumer.clock.now());
  return response;
}

async function processAll(event: SQSEvent, invocation: Invocation): Promise<SQSBatchResponse> {
  const { queue } = invocation;
  const inOrder = createInOrder(queue.consumer.concurrency);
  const postponed: SQSRecord[] = [];
  // Records of a FIFO batch have room one after another, in the order of their groups.
  const first = queue.fifo ? undefined : mostStarved(event.Records);
  const firstBegun = Promise.withResolvers<void>();
  const turnOf = (record: SQSRecord): Turn =>
    record === first ? { order: 'first', begun: firstBegun.resolve } : TOGETHER;

  const together = await processRecords(event.Records, invocation, async record => {
    if (first !== undefined && record !== first) await firstBegun.promise;
    const group = queue.fifo ? record.attributes.MessageGroupId : undefined;
    const outcome = await inOrder(group, () => processRecord(record, turnOf(record), invocation)).finally(
      record === first ? firstBegun.resolve : undefined,
    );
    if (outcome.message === 'postpone') postponed.push(record);
    return outcome;
  });
  if (postponed.length === 0) return together;

  const alone = await processRecords(
    postponed,
    invocation,
    record => processRecord(record, LAST, invocation),
    { processInParallel: false },
  );
  return { batchItemFailures: [...together.batchItemFailures, ...alone.batchItemFailures] };
}

/** Thrown for Powertools: the message is to be delivered again. */
class Returned extends Error {}

async function processRecords(
  records: SQSRecord[],
  { consumer, queue }: Invocation,
  process: (record: SQSRecord) => Promise<Outcome>,
  options: { processInParallel?: boolean } = {},
): Promise<SQSBatchResponse> {
  const returned: ReturnedRecord[] = [];
  const response = await processPartialResponse(
    { Records: records },
    async (record: SQSRecord) => {
      const outcome = await process(record).catch((bug: unknown) => {
        const error = consumer.redact(toRunError(bug));
        consumer.log({
          level: 'ERROR',
          message: `message ${record.messageId} could not be processed`,
          error,
        });
        throw bug;
      });
      if (outcome.message !== 'return') return;
      returned.push({ record, delayMs: outcome.delayMs });
      throw new Returned();
    },
    new BatchProcessor(EventType.SQS),
    { throwOnFullBatchFailure: false, ...options },
  );
  await hideReturned(consumer.sqs, queue.url, returned, consumer.log);
  return response;
}

function createInvocation(event: SQSEvent, context: Context, consumer: Consumer): Invocation {
  const idempotency = new IdempotencyConfig({});
  idempotency.registerLambdaContext(context);
  const queue = findQueue(event, consumer);
  return {
    consumer,
    queue,
    deadline: createDeadline(consumer.clock.now(), context.getRemainingTimeInMillis()),
    idempotency,
    metrics: createMetrics(queue, consumer),
  };
}

/** An event source delivers from one queue at a time. */
function findQueue({ Records: [record] }: SQSEvent, { queues }: Consumer): ConsumedQueue {
  const arn = record?.eventSourceARN ?? '';
  const queue = queues.get(arn.slice(arn.lastIndexOf(':') + 1));
  if (queue) return queue;
  throw new Error(
    `This consumer knows nothing of the queue ${arn || '(no records in the event)'}; it consumes ` +
      `${[...queues.keys()].join(', ')}. Let a TaskQueue construct connect queue and function.`,
  );
}
