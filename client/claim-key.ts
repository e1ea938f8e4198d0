import { hashPayload } from '../contract/run-item.ts';
import type { ClientContext } from './client-context.ts';
import { isExpired } from './expired.ts';
import { atEpoch, type PreparedSend } from './prepared-send.ts';
import { putQueuedRow } from './queued-row.ts';

export interface KeyClaim {
  /** What must go to the queue now; undefined when the run is under way or over. */
  readonly send: PreparedSend | undefined;
  readonly duplicate: boolean;
}

/** The idempotency key stands for a run with another payload, whose memory has not ended. */
export class IdempotencyKeyReusedError extends Error {
  override readonly name = 'IdempotencyKeyReusedError';
  readonly task: string;
  readonly idempotencyKey: string;
  /** The run that has the key. */
  readonly runId: string;

  constructor(task: string, idempotencyKey: string, runId: string) {
    super(
      `The idempotency key '${idempotencyKey}' of task '${task}' belongs to run ${runId}, which has another payload: ` +
        'repeat the send with the payload it had, or give this one a key of its own',
    );
    this.task = task;
    this.idempotencyKey = idempotencyKey;
    this.runId = runId;
  }
}

/**
 * Makes the run of a keyed send, or finds it; a send without a key is always a run of its own. The row comes before the
 * message: who dies between the two leaves a row that says `queued`, and the next send of the key sends its message.
 *
 * @throws IdempotencyKeyReusedError
 */
export async function claimKey(context: ClientContext, first: PreparedSend): Promise<KeyClaim> {
  const { idempotencyKey } = first.envelope;
  if (idempotencyKey === undefined) return { send: first, duplicate: false };
  const put = await putQueuedRow(context, first);
  if (put.written) return { send: first, duplicate: false };
  let { existing } = put;
  if (existing === undefined) {
    throw new Error(`DynamoDB did not answer a failed condition on ${first.queue.table} with the item`);
  }
  // Each turn replaces the item that the last one met. It ends: another turn means that another sender got ahead.
  while (existing === undefined || isExpired(existing, context.clock.now())) {
    const renewed: PreparedSend = existing ? atEpoch(first, existing.epoch + 1) : first;
    const again = await putQueuedRow(context, renewed, existing);
    if (again.written) return { send: renewed, duplicate: false };
    existing = again.existing;
  }
  if (existing.payloadHash !== undefined && existing.payloadHash !== hashPayload(first.envelope.payload)) {
    throw new IdempotencyKeyReusedError(first.task.name, idempotencyKey, existing.runId);
  }
  return {
    send: existing.status === 'queued' ? atEpoch(first, existing.epoch) : undefined,
    duplicate: true,
  };
}
