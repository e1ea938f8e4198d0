import type { SQSRecord } from 'aws-lambda';
import { decodeMessage, type Envelope, identityOf } from '../contract/envelope.ts';
import { DEFAULT_POLICY, type TaskPolicy } from '../contract/task.ts';
import { isTraceparent, traceparentOfXRay } from '../contract/trace-context.ts';
import type { Consumer } from './consumer.ts';
import type { TaskHandler } from './handle.ts';
import { RefusedRun } from './refused-run.ts';

/** A record of a Lambda event, read: whose run it is, and what can be done with it. */
export interface DeliveredRun {
  /** SQS's own, of this message. */
  readonly messageId: string;
  readonly envelope: Envelope & { readonly firstSentAt: number };
  /** The run that was dead-lettered of the message while its key could not be told. */
  readonly formerly?: Pick<Envelope, 'runId' | 'epoch'>;
  readonly policy: TaskPolicy;
  /** Who works on it, or why it can only be dead-lettered. */
  readonly work: TaskHandler | RefusedRun;
  /** When SQS got this message: its retention counts from here. */
  readonly sentAt: number;
  /** When SQS first handed this message to a consumer. */
  readonly firstReceivedAt: number;
  /** How often SQS has handed this message to a consumer, this time included. */
  readonly receives: number;
  /** Messages of one group are processed in order; undefined on standard queues. */
  readonly group: string | undefined;
  /** The same on every kind of queue. */
  readonly groupKey: string | undefined;
}

/**
 * @throws whatever the schema throws that is no refusal, for a message whose key depends on it: it has no identity yet
 * under which that could be recorded
 */
export async function readRecord(
  record: SQSRecord,
  consumer: Consumer,
  fifo: boolean,
): Promise<DeliveredRun> {
  const delivered = readAsItIs(record, consumer, fifo);
  const { envelope, work } = delivered;
  const { anonymous, runId, epoch, ...others } = envelope;
  if (!anonymous || work instanceof RefusedRun) return delivered;
  try {
    const key = await work.keyOf(envelope.payload);
    if (key === undefined) return delivered;
    // The letter's epoch is one of another run: it would begin a new life of a run that lives.
    return {
      ...delivered,
      envelope: { ...others, ...identityOf(envelope.task, key), epoch: 0 },
      ...(epoch > 0 && { formerly: { runId, epoch } }),
    };
  } catch (error) {
    if (error instanceof RefusedRun) return { ...delivered, work: error };
    throw error;
  }
}

function readAsItIs(record: SQSRecord, { handlers }: Consumer, fifo: boolean) {
  const { SentTimestamp, ApproximateFirstReceiveTimestamp, ApproximateReceiveCount, MessageGroupId } =
    record.attributes;
  const { envelope, malformed } = decodeMessage(record.body, record.messageId);
  const handler = handlers.get(envelope.task);
  const traceparent = envelope.traceparent ?? traceOf(record);
  return {
    messageId: record.messageId,
    envelope: {
      ...envelope,
      firstSentAt: envelope.firstSentAt ?? Number(SentTimestamp),
      ...(traceparent !== undefined && { traceparent }),
    },
    policy: handler?.task.policy ?? DEFAULT_POLICY,
    work:
      malformed === undefined
        ? (handler ?? unknownTask(envelope.task, handlers))
        : new RefusedRun('malformed', 'MalformedMessageError', malformed),
    sentAt: Number(SentTimestamp),
    firstReceivedAt: Number(ApproximateFirstReceiveTimestamp),
    receives: Number(ApproximateReceiveCount),
    group: fifo ? MessageGroupId : undefined,
    groupKey: MessageGroupId,
  };
}

/** Of a stranger's message: what OpenTelemetry put into its attributes, or the X-Ray header that SDKs send along. */
function traceOf({ messageAttributes, attributes }: SQSRecord): string | undefined {
  const { stringValue } = messageAttributes.traceparent ?? {};
  if (isTraceparent(stringValue)) return stringValue;
  return attributes.AWSTraceHeader === undefined ? undefined : traceparentOfXRay(attributes.AWSTraceHeader);
}

function unknownTask(task: string, handlers: Consumer['handlers']): RefusedRun {
  return new RefusedRun(
    'unknownTask',
    'UnknownTaskError',
    `this consumer has no handler for task '${task}'; it has ${[...handlers.keys()].join(', ')}`,
  );
}
