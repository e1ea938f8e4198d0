import type { DeadLetterReason } from '../contract/dead-letter.ts';
import { toRunError } from '../contract/dead-letter.ts';
import { waitUntil } from '../contract/delivery.ts';
import type { MetricName } from '../contract/metrics.ts';
import type { RunError } from '../contract/run.ts';
import type { RunItem } from '../contract/run-item.ts';
import { sendDeadLetter } from './dead-letter-sender.ts';
import { forgetObjects } from './forget-objects.ts';
import { callHook } from './hooks.ts';
import { infrastructureDelayMs } from './infrastructure-delay.ts';
import type { Invocation } from './invocation.ts';
import type { InvocationMetrics } from './metrics.ts';
import { ACKNOWLEDGE, type Outcome } from './outcome.ts';
import type { DeliveredRun } from './read-record.ts';
import { NotClaimed, type RunRecord } from './run-record.ts';
import type { Settlement } from './settlement.ts';
import { waitInQueue } from './wait-in-queue.ts';

/** Past the end of a lease or a backoff, so that the next delivery surely sees it ended. */
const AFTER_WAIT_MS = 1000;

/**
 * Turns what happened to a delivery into the outcome of its message. Its run is settled by now or was never claimed,
 * so nothing here may decide it anew: a message that cannot be concluded goes back to the queue.
 */
export async function concludeDelivery(
  delivered: DeliveredRun,
  run: RunRecord,
  thrown: unknown,
  invocation: Invocation,
): Promise<Outcome> {
  try {
    const outcome = await conclude(delivered, run, thrown, invocation);
    // Only now, for its letter would be stale: redriven, it would be removed.
    const { formerly, envelope } = delivered;
    if (formerly && outcome.message === 'acknowledge')
      await invocation.queue.runs.replace(formerly, envelope);
    return outcome;
  } catch (error) {
    const { log, random, redact } = invocation.consumer;
    const delayMs = infrastructureDelayMs(delivered.receives, random);
    log({
      level: 'WARN',
      message: 'delivery not concluded, message returned',
      ...idsOf(delivered),
      ...(run.attempt > 0 && { attempt: run.attempt }),
      delayMs,
      error: withAttemptError(redact(toRunError(error)), run.settlement),
    });
    return { message: 'return', delayMs };
  }
}

async function conclude(
  delivered: DeliveredRun,
  run: RunRecord,
  thrown: unknown,
  invocation: Invocation,
): Promise<Outcome> {
  if (run.settled && run.settlement) return await afterAttempt(delivered, run, run.settlement, invocation);
  if (thrown === undefined) {
    // The run had succeeded; Powertools answered its stored result.
    await forgetPayload(delivered, invocation);
    return ACKNOWLEDGE;
  }
  const reason = thrown instanceof Error ? thrown.cause : undefined;
  if (reason instanceof NotClaimed) return await afterRefusedClaim(delivered, reason, invocation);
  throw reason ?? thrown;
}

async function afterAttempt(
  delivered: DeliveredRun,
  run: RunRecord,
  settlement: Settlement,
  invocation: Invocation,
): Promise<Outcome> {
  const { log, clock, hooks } = invocation.consumer;
  const { envelope } = delivered;
  const ids = { ...idsOf(delivered), attempt: run.attempt };
  const took = {
    outcome: settlement.status,
    waitedMs: run.startedAt - envelope.firstSentAt,
    durationMs: clock.now() - run.startedAt,
  };
  measure(delivered, run, took, invocation.metrics);
  const outcome = { ...ids, payload: run.payload };
  switch (settlement.status) {
    case 'succeeded': {
      log({ level: 'INFO', message: 'attempt succeeded', ...ids, ...took });
      await forgetObjects(envelope.runId, [envelope.payloadRef, ...run.steps.refs], invocation);
      await callHook(hooks.onSuccess, { ...outcome, result: parseResult(settlement.result) }, invocation);
      return ACKNOWLEDGE;
    }
    case 'canceled': {
      const { error } = settlement;
      log({ level: 'INFO', message: 'run canceled', ...ids, ...took, ...(error && { error }) });
      await forgetObjects(envelope.runId, [envelope.payloadRef, ...run.steps.refs], invocation);
      return ACKNOWLEDGE;
    }
    case 'released': {
      const { delayMs, error } = settlement;
      log({
        level: 'WARN',
        message: 'attempt given back, it does not count',
        ...{ ...ids, ...took, delayMs },
        ...(error && { error }),
      });
      return { message: 'return', delayMs };
    }
    case 'retrying': {
      const { error, notBefore } = settlement;
      const delayMs = Math.max(0, notBefore - clock.now());
      log({ level: 'WARN', message: 'attempt failed, another follows', ...ids, ...took, delayMs, error });
      await callHook(hooks.onFailure, { ...outcome, error, notBefore: new Date(notBefore) }, invocation);
      return await waitInQueue(delivered, delayMs, invocation);
    }
    case 'deadLettered': {
      const { cause, error } = settlement;
      log({ level: 'ERROR', message: `run dead-lettered: ${cause}`, ...ids, ...took, error });
      const reason = { cause, error, attempts: run.attempt, at: clock.now() };
      const acknowledged = await deadLetter(delivered, reason, invocation);
      await callHook(hooks.onDeadLetter, { ...outcome, error, cause }, invocation);
      return acknowledged;
    }
  }
}

const COUNTED = {
  succeeded: 'Succeeded',
  retrying: 'Retried',
  deadLettered: 'DeadLettered',
  canceled: 'Canceled',
  released: undefined,
} as const satisfies Record<Settlement['status'], MetricName | undefined>;

function measure(
  { envelope: { task, epoch } }: DeliveredRun,
  run: RunRecord,
  took: { readonly outcome: Settlement['status']; readonly waitedMs: number; readonly durationMs: number },
  metrics: InvocationMetrics,
): void {
  const counted = COUNTED[took.outcome];
  if (counted !== undefined) metrics.add(task, counted);
  if (run.lost) return; // The attempt was that of the process that died.
  metrics.add(task, 'Duration', took.durationMs);
  if (run.attempt === 1 && epoch === 0) metrics.add(task, 'QueueLatency', took.waitedMs);
}

const parseResult = (json: string | undefined): unknown =>
  json === undefined ? undefined : JSON.parse(json);

async function afterRefusedClaim(
  delivered: DeliveredRun,
  { decision, item }: NotClaimed,
  invocation: Invocation,
): Promise<Outcome> {
  const { log, clock } = invocation.consumer;
  switch (decision) {
    case 'takeOver':
      return { message: 'postpone' };
    case 'acknowledge':
      log({
        level: 'INFO',
        message: `duplicate acknowledged: the run is ${item.status}`,
        ...idsOf(delivered),
      });
      if (item.status === 'canceled') await forgetPayload(delivered, invocation);
      return ACKNOWLEDGE;
    case 'wait': {
      const delayMs = Math.max(0, waitUntil(item) - clock.now()) + AFTER_WAIT_MS;
      return await waitInQueue(delivered, delayMs, invocation);
    }
    case 'deadLetterAgain':
      return await deadLetter(delivered, reasonIn(item), invocation);
  }
}

async function forgetPayload({ envelope }: DeliveredRun, invocation: Invocation): Promise<void> {
  await forgetObjects(envelope.runId, [envelope.payloadRef], invocation);
}

async function deadLetter(
  { envelope, group }: DeliveredRun,
  reason: DeadLetterReason,
  { consumer, queue }: Invocation,
): Promise<Outcome> {
  await sendDeadLetter(consumer.sqs, queue.deadLetterUrl, envelope, reason, group);
  return ACKNOWLEDGE;
}

/** The reason as it was recorded when the run was dead-lettered. */
function reasonIn({ cause, error, attempt, finishedAt }: RunItem): DeadLetterReason {
  if (cause === undefined || error === undefined || finishedAt === undefined) {
    throw new TypeError('a dead-lettered run item must have a cause, an error and finishedAt');
  }
  return { cause, error: JSON.parse(error) as RunError, attempts: attempt, at: finishedAt };
}

/** The error that the attempt itself ended with is recorded nowhere else when its settlement could not be written. */
function withAttemptError(error: RunError, settlement: Settlement | undefined): RunError {
  return settlement && 'error' in settlement && settlement.error
    ? { ...error, cause: settlement.error }
    : error;
}

function idsOf({ envelope: { runId, task, epoch, traceparent } }: DeliveredRun) {
  return { runId, task, epoch, ...(traceparent !== undefined && { traceparent }) };
}
