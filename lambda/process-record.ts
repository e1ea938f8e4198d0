import { makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { SQSRecord } from 'aws-lambda';
import { runContext } from '../client/run-context.ts';
import { formatDuration } from '../contract/duration.ts';
import { TaskPayloadError } from '../contract/errors.ts';
import { copyOfJson } from '../contract/payload.ts';
import { type AttemptLimits, runAttempt } from './attempt.ts';
import { RunCanceledError } from './attempt-watch.ts';
import { concludeDelivery } from './conclude-delivery.ts';
import type { ConsumedQueue } from './consumer.ts';
import type { Deadline } from './deadline.ts';
import { fetchPayload } from './fetch-object.ts';
import type { TaskHandler } from './handle.ts';
import type { Middleware } from './hooks.ts';
import type { Invocation } from './invocation.ts';
import type { Outcome } from './outcome.ts';
import { type DeliveredRun, readRecord } from './read-record.ts';
import { RefusedRun } from './refused-run.ts';
import { RunRecord } from './run-record.ts';
import { settleFailure, settleSuccess } from './settlement.ts';
import { skipFiring } from './skip-firing.ts';
import { createTaskRun, type TaskRun } from './task-run.ts';
import type { Turn } from './turn.ts';

/** When a message of an unknown task first looks again whether a deployment has brought its handler. */
const UNKNOWN_TASK_RETRY_MS = 20_000;

/** One delivery from its record to its outcome: read, claim, attempt, settle. */
export async function processRecord(record: SQSRecord, turn: Turn, invocation: Invocation): Promise<Outcome> {
  const { consumer, queue, deadline, metrics } = invocation;
  const { clock } = consumer;
  const delivered = await readRecord(record, consumer, queue.fifo === true);
  const neededMs = delivered.work instanceof RefusedRun ? 0 : delivered.policy.timeoutMs;
  if (!deadline.hasRoomFor(neededMs, clock.now())) return { message: 'return', delayMs: 0 };
  const delayMs = unknownTaskDelayMs(delivered, queue, clock.now());
  if (delayMs > 0) return { message: 'return', delayMs };
  const run = new RunRecord({
    queue,
    consumer,
    envelope: delivered.envelope,
    groupKey: delivered.groupKey,
    policy: delivered.policy,
    turn,
    receives: delivered.receives,
    deadline,
  });
  // From the claim on, whatever throws must come out as a settlement: the run is `running` in the table, and until its
  // lease ends nobody else may touch it.
  const begin = () => {
    if (!run.takenOver) turn.begun?.();
    return attempt(delivered, run, invocation);
  };
  const runOnce = makeIdempotent(begin, { persistenceStore: run, config: invocation.idempotency });
  const thrown = await runOnce().then(
    () => undefined,
    (error: unknown) => error,
  );
  // What hooks send is of this run, as what its handler sends.
  const outcome = await runContext.run(delivered.envelope, () =>
    concludeDelivery(delivered, run, thrown, invocation),
  );
  const wasDuplicate = run.attempt === 0 && outcome.message === 'acknowledge';
  if (!wasDuplicate) metrics.add(delivered.envelope.task, 'BacklogAge', ageSeconds(delivered, clock.now()));
  return outcome;
}

/** A redriven run waits from its redrive on. */
function ageSeconds({ envelope, sentAt }: DeliveredRun, nowMs: number): number {
  return Math.max(0, nowMs - (envelope.epoch === 0 ? envelope.firstSentAt : sentAt)) / 1000;
}

/**
 * A rolling deployment sends a new task before every consumer knows it: for how long this message waits for that, 0
 * when it does not. It waits as long again as it has waited, for each look spends one of the receives that SQS allows.
 */
function unknownTaskDelayMs(delivered: DeliveredRun, queue: ConsumedQueue, nowMs: number): number {
  const { work, firstReceivedAt } = delivered;
  if (!(work instanceof RefusedRun && work.deadLetterCause === 'unknownTask')) return 0;
  const waitedMs = nowMs - firstReceivedAt;
  const leftMs = queue.consumer.unknownTaskGraceSeconds * 1000 - waitedMs;
  return Math.max(0, Math.min(leftMs, Math.max(UNKNOWN_TASK_RETRY_MS, waitedMs)));
}

/** Leaves its settlement in the run record, and throws for Powertools to see whether it succeeded. */
async function attempt(
  delivered: DeliveredRun,
  run: RunRecord,
  { consumer, deadline, queue }: Invocation,
): Promise<void> {
  const { envelope, policy, work, receives } = delivered;
  const { clock } = consumer;
  try {
    if (run.canceled) throw new RunCanceledError('the run was canceled');
    if (run.lost) throw lostRun();
    if (work instanceof RefusedRun) throw work;
    if (run.attempt === 1) refuseExpired(delivered, clock.now());
    await skipFiring(envelope, run, queue.runs, clock.now());
    const call = async (signal: AbortSignal) => {
      run.payload = await fetchPayload(envelope, queue, signal);
      const handler = await preparePayload(work, run.payload);
      return await within(consumer.middleware, createTaskRun(envelope, run, signal), handler);
    };
    const result = await runContext.run(envelope, () =>
      runAttempt(call, limitsOf(delivered, run, deadline), clock),
    );
    run.settlement = settleSuccess(result);
  } catch (thrown) {
    run.settlement = settleFailure(thrown, { attempt: run.attempt, receives }, policy, clock.now(), consumer);
    // The handler's own error stays out of Powertools' sight: some names would make it run the handler again.
    throw new AttemptFailed();
  }
}

class AttemptFailed extends Error {}

async function within(
  [outermost, ...inner]: readonly Middleware[],
  run: TaskRun,
  handler: (run: TaskRun) => unknown,
): Promise<unknown> {
  return outermost ? await outermost(run, () => within(inner, run, handler)) : await handler(run);
}

function limitsOf({ policy }: DeliveredRun, run: RunRecord, { releaseAt }: Deadline): AttemptLimits {
  return { timeoutMs: policy.timeoutMs, releaseAt, watch: run.watch };
}

function lostRun(): RefusedRun {
  return new RefusedRun(
    'lost',
    'RunLostError',
    "the process died in the run's last attempt: killed, out of memory, or past the function's timeout",
  );
}

/** A redrive is an operator's decision: only the first life of a run can be too old to begin. */
function refuseExpired({ envelope, policy: { maxAgeMs } }: DeliveredRun, nowMs: number): void {
  const ageMs = nowMs - envelope.firstSentAt;
  if (maxAgeMs === undefined || envelope.epoch > 0 || ageMs <= maxAgeMs) return;
  throw new RefusedRun(
    'expired',
    'RunExpiredError',
    `the run was ${Math.round(ageMs / 1000)} s old before its first attempt, its task's maxAge is ${formatDuration(maxAgeMs)}`,
  );
}

/**
 * Only the schema's refusal is final; a schema that itself fails (an asynchronous one) is an attempt that failed. What
 * schema and handler change is a copy: the dead letter must say what was sent.
 */
async function preparePayload(work: TaskHandler, payload: unknown) {
  try {
    return await work.prepare(copyOfJson(payload));
  } catch (error) {
    if (!(error instanceof TaskPayloadError)) throw error;
    throw new RefusedRun('invalidPayload', error.name, error.message);
  }
}
