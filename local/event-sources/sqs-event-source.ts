import type { Clock, Timer } from '../clock.ts';
import type { DeliveryFault } from '../faults/fault.ts';
import type { InvokeResult, LocalFunction } from '../lambda/function-api.ts';
import type { Location } from '../service.ts';
import type { LocalQueue, ReceivedMessage } from '../sqs/queue-api.ts';
import { SqsError } from '../sqs/sqs-error.ts';
import { type Batch, createBatch } from './batch.ts';
import { readBatchItemFailures } from './batch-item-failures.ts';
import { toSqsRecord } from './sqs-event-record.ts';
import { checkSettings, type SqsEventSourceSettings } from './sqs-event-source-settings.ts';

export interface SqsEventSource {
  /** Takes no more messages, gives back those that it holds, and waits for the running batches. */
  stop(): Promise<void>;
}

export interface SqsEventSourceOptions {
  readonly queue: LocalQueue;
  readonly target: LocalFunction;
  readonly settings: SqsEventSourceSettings;
  readonly clock: Clock;
  readonly location: Location;
  /** How many batches run at once where the settings have no maximum. AWS starts with 5 and scales up to 1250. */
  readonly maxPollers?: number;
  /** What goes wrong on demand with the batch that is delivered now. @default nothing */
  readonly faultOf?: () => DeliveryFault | undefined;
}

interface Delivery {
  readonly batch: Batch;
  /** What the function does with it is not deleted, for a fault. */
  readonly losesAcknowledgement: boolean;
}

const DEFAULT_POLLERS = 5;
const MAX_RECEIVE = 10;

/** Lambda backs off when it is throttled; how long is not documented. */
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;

/**
 * Moves messages from a queue to a function, in batches. It never polls: it receives when the queue says so, when an
 * invocation has ended and a slot is free, and when its own timers (batching window, back-off) are due.
 *
 * Throws an EventSourceSettingsError on settings that AWS refuses or that are not supported.
 */
export function startSqsEventSource(options: SqsEventSourceOptions): SqsEventSource {
  const { queue, target, settings, clock, location, faultOf = () => undefined } = options;
  checkSettings(settings, queue, target);
  const slots = settings.maximumConcurrency ?? options.maxPollers ?? DEFAULT_POLLERS;
  const windowMs = settings.maximumBatchingWindowSeconds * 1000;
  const running = new Set<Promise<void>>();
  /** What the batching window has brought together so far. It has a slot to run in. */
  let gathering: Batch | undefined;
  /** What the function had no room for, until it is tried again. */
  let throttled: Delivery[] = [];
  const faultTimers = new Set<Timer>();
  let windowTimer: Timer | undefined;
  let backoffTimer: Timer | undefined;
  let backoffMs = FIRST_BACKOFF_MS;
  let stopped = !settings.enabled;

  function receiveAll(): void {
    while (!stopped && !backoffTimer && running.size < slots) {
      const room = gathering?.room ?? settings.batchSize;
      const messages = queue.receive(Math.min(MAX_RECEIVE, room));
      if (messages.length === 0) return;
      gathering ??= openBatch();
      const full = fill(gathering, messages);
      if (full || windowMs === 0) dispatch();
    }
  }

  function openBatch(): Batch {
    if (windowMs > 0) windowTimer = clock.setTimer(dispatch, windowMs);
    return createBatch(settings.batchSize, clock.now() + queue.visibilityTimeoutSeconds * 1000);
  }

  /** True when no more fits. */
  function fill(batch: Batch, messages: readonly ReceivedMessage[]): boolean {
    const tooMuch = messages.findIndex(
      message => !batch.add(toSqsRecord(message, queue.arn, location.region)),
    );
    if (tooMuch >= 0) giveBack(messages.slice(tooMuch));
    return tooMuch >= 0 || batch.room === 0;
  }

  /**
   * AWS does not say what becomes of messages that it received and that do not fit. They go back at once, at the
   * price of a receive, rather than into the next batch: a FIFO group's later messages must not run beside its earlier.
   */
  function giveBack(messages: readonly { readonly receiptHandle: string }[]): void {
    for (const { receiptHandle } of messages) unlessExpired(() => queue.changeVisibility(receiptHandle, 0));
  }

  function dispatch(): void {
    windowTimer?.cancel();
    const batch = gathering;
    gathering = undefined;
    if (!batch) return;
    const fault = faultOf();
    deliver({ batch, losesAcknowledgement: fault?.kind === 'acknowledgementLost' });
    if (fault?.kind === 'duplicate')
      setFaultTimer(fault, () => deliver({ batch, losesAcknowledgement: false }));
    if (fault?.kind === 'visibilityExpires') setFaultTimer(fault, () => giveBack(batch.records));
  }

  function setFaultTimer({ afterMs = 0 }: DeliveryFault, happen: () => void): void {
    const timer = clock.setTimer(() => {
      faultTimers.delete(timer);
      happen();
    }, afterMs);
    faultTimers.add(timer);
  }

  function deliver(delivery: Delivery): void {
    const { records } = delivery.batch;
    const traceHeaders = records.flatMap(({ attributes: { AWSTraceHeader } }) => AWSTraceHeader ?? []);
    const invocation = target.invoke({ Records: records }, { traceHeaders }).then(result => {
      running.delete(invocation);
      if (result.outcome === 'throttled') {
        holdBack(delivery);
      } else {
        backoffMs = FIRST_BACKOFF_MS;
        settle(delivery, result);
      }
      receiveAll();
    });
    running.add(invocation);
  }

  /**
   * What is not deleted comes back when its visibility timeout ends, which nothing here touches. So does a batch that
   * was stopped as a recursive loop, until the queue's redrive policy dead-letters it.
   * https://aws.amazon.com/blogs/compute/detecting-and-stopping-recursive-loops-in-aws-lambda-functions/
   */
  function settle({ batch: { records }, losesAcknowledgement }: Delivery, result: InvokeResult): void {
    if (result.outcome !== 'succeeded') return;
    const ids = new Set(records.map(({ messageId }) => messageId));
    const failed = settings.reportBatchItemFailures
      ? readBatchItemFailures(result.payload, ids)
      : new Set<string>();
    if (failed === 'all' || losesAcknowledgement) return;
    for (const { messageId, receiptHandle } of records) {
      if (!failed.has(messageId)) unlessExpired(() => queue.delete(receiptHandle));
    }
  }

  /**
   * Lambda keeps a throttled batch, with less concurrency, and tries it again until its messages are the queue's again.
   * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-backoff-strategy
   */
  function holdBack(delivery: Delivery): void {
    throttled.push(delivery);
    if (backoffTimer || stopped) return;
    backoffTimer = clock.setTimer(tryAgain, backoffMs);
    backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
  }

  function tryAgain(): void {
    backoffTimer = undefined;
    const held = throttled;
    throttled = [];
    for (const delivery of held) if (clock.now() < delivery.batch.hiddenUntilMs) deliver(delivery);
    receiveAll();
  }

  const unsubscribe = queue.onReceivable(receiveAll);
  receiveAll();

  return {
    async stop() {
      stopped = true;
      unsubscribe();
      windowTimer?.cancel();
      backoffTimer?.cancel();
      for (const timer of faultTimers) timer.cancel();
      giveBack(gathering?.records ?? []);
      gathering = undefined;
      await Promise.all(running);
      for (const { batch } of throttled) giveBack(batch.records);
      throttled = [];
    },
  };
}

/** A message that was held longer than its visibility timeout is the queue's again; there is nothing to do for it. */
function unlessExpired(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof SqsError)) throw error;
  }
}
