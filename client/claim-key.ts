import { isTerminal } from '../contract/run.ts';
import { hashPayload, type RunItem } from '../contract/run-item.ts';
import type { TaskDefinition } from '../contract/task.ts';
import type { ClientContext } from './client-context.ts';
import { DuplicateRunError, IdempotencyKeyReusedError } from './duplicate-errors.ts';
import { isExpired } from './expired.ts';
import { inLife, type Life, type PreparedSend } from './prepared-send.ts';
import { putQueuedRow } from './queued-row.ts';
import { timeAt } from './send-time.ts';

export interface KeyClaim {
  /** What must go to the queue now; undefined when the run is under way or over. */
  readonly send: PreparedSend | undefined;
  readonly duplicate: boolean;
  /** What the sender is to be told, once the message is on its way. */
  readonly refusal?: DuplicateRunError;
}

export interface KeyOptions {
  /**
   * Whether the key alone tells that two sends are one, whatever payload each has made of it.
   * @default false: another payload under the same key is an error
   */
  readonly anyPayload?: boolean;
}

/**
 * Makes the run of a keyed send, or finds it; a send without a key is always a run of its own. The row comes before the
 * message: who dies between the two leaves a row that says `queued`, and the next send of the key sends its message.
 *
 * @throws IdempotencyKeyReusedError
 */
export async function claimKey(
  context: ClientContext,
  first: PreparedSend,
  { anyPayload = false }: KeyOptions = {},
): Promise<KeyClaim> {
  const { envelope, task, queue } = first;
  if (envelope.idempotencyKey === undefined) return { send: first, duplicate: false };
  const put = await putQueuedRow(context, first);
  if (put.written) return { send: first, duplicate: false };
  let { existing } = put;
  if (existing === undefined) {
    throw new Error(`DynamoDB did not answer a failed condition on ${queue.table} with the item`);
  }
  // Each turn replaces the item that the last one met. It ends: another turn means that another sender got ahead.
  while (existing === undefined || isForgotten(task, existing, context.clock.now())) {
    const renewed: PreparedSend = existing ? inLife(first, nextLife(existing)) : first;
    const again = await putQueuedRow(context, renewed, existing);
    if (again.written) return { send: renewed, duplicate: false };
    existing = again.existing;
  }
  const samePayload =
    anyPayload ||
    existing.payloadHash === undefined ||
    existing.payloadHash === hashPayload(JSON.parse(first.payloadJson));
  if (!samePayload) {
    throw new IdempotencyKeyReusedError(task.name, envelope.idempotencyKey, existing.runId);
  }
  const { ifActive, ifFinished } = task.policy.idempotency;
  const refused = (isTerminal(existing.status) ? ifFinished : ifActive) === 'throw';
  return {
    send: again(first, existing, context.clock.now()),
    duplicate: true,
    ...(refused && { refusal: new DuplicateRunError(envelope.idempotencyKey, existing) }),
  };
}

/**
 * What is sent again for a run that is there, in case that the first sending was lost: at the time that the run has, not
 * at the one now given. One that was moved is sure to have been sent.
 */
function again(first: PreparedSend, existing: RunItem, nowMs: number): PreparedSend | undefined {
  const { status, moves, scheduledFor } = existing;
  if (status !== 'queued' || moves !== undefined) return undefined;
  const { scheduledFor: _, delaySeconds: __, byScheduler: ___, ...atOnce } = inLife(first, existing);
  if (scheduledFor === undefined) return atOnce;
  const time = timeAt(scheduledFor, first.queue, nowMs);
  // Who may not schedule cannot stand in for who may: that sender's own send failed, if it did, and is its to repeat.
  if (time.byScheduler && first.queue.schedules === undefined) return undefined;
  return { ...atOnce, ...time };
}

/** Whether the key may stand for a new run: the last one's success need no longer be remembered, or its item has expired. */
function isForgotten({ policy }: TaskDefinition, item: RunItem, nowMs: number): boolean {
  const { status, finishedAt } = item;
  const { rememberMs } = policy.idempotency;
  const succeeded = status === 'succeeded' && finishedAt !== undefined;
  return (succeeded && finishedAt + rememberMs <= nowMs) || isExpired(item, nowMs);
}

/**
 * The life after one that was forgotten. After a success, what the run does is to be done once more, so its effects get
 * keys of their own; after a failure, what it did before shall not be done again. The letter of a dead-lettered run has
 * the next epoch already.
 */
function nextLife({ status, epoch, keyEpoch }: RunItem): Life {
  const next = epoch + (status === 'deadLettered' ? 2 : 1);
  if (status === 'succeeded') return { epoch: next, keyEpoch: next };
  return { epoch: next, ...(keyEpoch !== undefined && { keyEpoch }) };
}
