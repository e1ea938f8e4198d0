import type { Clock, Timer } from '../clock.ts';
import type { DeliveryFault } from '../faults/fault.ts';
import type { InvokeResult, LocalFunction } from '../lambda/function-api.ts';
import type { Location } from '../service.ts';
import type { LocalQueue, ReceivedMessage } from '../sqs/queue-api.ts';
import { SqsError } from '../sqs/sqs-error.ts';
import { type Batch, createBatch } from './batch.ts';
import { readBatchItemFailures } from './batch-item-failures.ts';
import { type SqsRecord, toSqsRecord } from './sqs-event-record.ts';
import { checkSettings, type SqsEventSourceSettings } from './sqs-event-source-settings.ts';

export interface SqsEventSource {
  /** Takes no more messages, gives back those of an unfinished window, and waits for the running batches. */
  stop(): Promise<void>;
  /** True while it holds no message. Messages it is not let at (throttled, all slots busy) are the queue's to count. */
  idle(): boolean;
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
    return createBatch(settings.batchSize);
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
    const records = gathering?.records ?? [];
    gathering = undefined;
    const fault = faultOf();
    deliver(records, fault?.kind === 'acknowledgementLost');
    if (fault?.kind === 'duplicate') setFaultTimer(fault, () => deliver(records));
    if (fault?.kind === 'visibilityExpires') setFaultTimer(fault, () => giveBack(records));
  }

  function setFaultTimer({ afterMs = 0 }: DeliveryFault, happen: () => void): void {
    const timer = clock.setTimer(() => {
      faultTimers.delete(timer);
      happen();
    }, afterMs);
    faultTimers.add(timer);
  }

  function deliver(records: readonly SqsRecord[], losesAcknowledgement = false): void {
    const traceHeaders = records.flatMap(({ attributes: { AWSTraceHeader } }) => AWSTraceHeader ?? []);
    const batch = target.invoke({ Records: records }, { traceHeaders }).then(result => {
      running.delete(batch);
      settle(records, result, losesAcknowledgement);
      receiveAll();
    });
    running.add(batch);
  }

  /**
   * What is not deleted comes back when its visibility timeout ends, which nothing here touches. So does a batch that
   * was stopped as a recursive loop, until the queue's redrive policy dead-letters it.
   * https://aws.amazon.com/blogs/compute/detecting-and-stopping-recursive-loops-in-aws-lambda-functions/
   */
  function settle(records: readonly SqsRecord[], result: InvokeResult, losesAcknowledgement: boolean): void {
    if (result.outcome === 'throttled') backOff();
    else backoffMs = FIRST_BACKOFF_MS;
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

  function backOff(): void {
    if (backoffTimer || stopped) return;
    backoffTimer = clock.setTimer(() => {
      backoffTimer = undefined;
      receiveAll();
    }, backoffMs);
    backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
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
    },
    idle: () => running.size === 0 && gathering === undefined,
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
