import type { QueueConfig } from '../contract/environment.ts';
import { toJsonPayload, validatePayload } from '../contract/payload.ts';
import type { PayloadInput, TaskDefinition } from '../contract/task.ts';
import { batchChunks } from './batch-chunks.ts';
import { claimKey, type KeyClaim } from './claim-key.ts';
import type { ClientContext } from './client-context.ts';
import { dispatchBatch } from './dispatch.ts';
import { findQueue } from './find-queue.ts';
import { storeLargePayload } from './large-payload.ts';
import { type PreparedSend, prepareSend } from './prepared-send.ts';
import { type SendOptions, withKey } from './send-options.ts';
import { trackSent } from './track-sent.ts';

export interface SendItem<Task extends TaskDefinition> extends SendOptions {
  readonly payload: PayloadInput<Task>;
}

export type SendOutcome =
  | { readonly status: 'sent'; readonly runId: string; readonly duplicate: boolean }
  | { readonly status: 'failed'; readonly error: Error };

/** Four keep SQS busy; eight bring nothing. On a FIFO queue a second would overtake the first. */
const BATCHES_IN_FLIGHT = 4;

export async function sendTasks<Task extends TaskDefinition>(
  context: ClientContext,
  task: Task,
  items: readonly SendItem<Task>[],
): Promise<readonly SendOutcome[]> {
  const queue = findQueue(context.queues, task.name);
  const outcomes: Outcomes = [];
  const valid = await validateAll(task, items, outcomes);
  const chunks = batchChunks(prepareAll(context, task, queue, valid, outcomes));
  const sendChunks = async () => {
    for (const chunk of chunks) await sendChunk(context, queue, chunk, outcomes);
  };
  await Promise.all(Array.from({ length: queue.fifo ? 1 : BATCHES_IN_FLIGHT }, sendChunks));
  return outcomes as readonly SendOutcome[];
}

/** An item whose payload was accepted, and is sent as it was then: its owner may change it meanwhile. */
interface ValidItem {
  readonly index: number;
  readonly payloadJson: string;
  /** With the key that the task's definition gives the payload. */
  readonly options: SendOptions;
}

/** By item; undefined until it is known. */
type Outcomes = (SendOutcome | undefined)[];

async function validateAll(
  task: TaskDefinition,
  items: readonly (SendOptions & { readonly payload: unknown })[],
  outcomes: Outcomes,
): Promise<readonly ValidItem[]> {
  const accepted: ValidItem[] = [];
  for (const [index, { payload, ...options }] of items.entries()) {
    try {
      const { json, asSeen } = toJsonPayload(task.name, payload);
      const valid = await validatePayload(task, asSeen);
      accepted.push({ index, payloadJson: json, options: withKey(task, valid, options) });
    } catch (thrown) {
      outcomes[index] = failed(thrown);
    }
  }
  return accepted;
}

interface ItemSend {
  readonly index: number;
  readonly first: PreparedSend;
  readonly bytes: number;
}

/** Lazily: 100,000 items are never all in memory as message bodies too. */
function* prepareAll(
  { clock }: ClientContext,
  task: TaskDefinition,
  queue: QueueConfig,
  items: readonly ValidItem[],
  outcomes: Outcomes,
): Generator<ItemSend> {
  for (const { index, payloadJson, options } of items) {
    let first: PreparedSend;
    try {
      first = prepareSend(task, queue, payloadJson, options, clock.now());
    } catch (thrown) {
      outcomes[index] = failed(thrown);
      continue;
    }
    yield { index, first, bytes: first.bytes };
  }
}

/** Settles the outcome of each item in the chunk; what fails here fails alone. */
async function sendChunk(
  context: ClientContext,
  queue: QueueConfig,
  chunk: readonly ItemSend[],
  outcomes: Outcomes,
): Promise<void> {
  const claims: readonly ItemClaim[] = chunk.every(needsNoRequest)
    ? chunk.map(item => ({ item, send: item.first, duplicate: false }))
    : await Promise.all(chunk.map(item => tryClaim(context, item)));
  const outgoing = claims.flatMap(({ send }) => send ?? []);
  const failures = await dispatchBatch(context, queue.url, outgoing);
  for (const { item, send, duplicate, refusal, error = (send && failures.get(send)) ?? refusal } of claims) {
    const { index, first } = item;
    outcomes[index] = error ? failed(error) : { status: 'sent', runId: first.envelope.runId, duplicate };
  }
  await trackSent(
    context,
    outgoing.filter(send => !failures.has(send)),
  );
}

interface ItemClaim extends KeyClaim {
  readonly item: ItemSend;
  readonly error?: unknown;
}

/** Before its message: most have neither a key to claim nor a payload to store. */
function needsNoRequest({ first: { envelope, largePayload } }: ItemSend): boolean {
  return envelope.idempotencyKey === undefined && largePayload === undefined;
}

async function tryClaim(context: ClientContext, item: ItemSend): Promise<ItemClaim> {
  try {
    const claim = await claimKey(context, item.first);
    if (claim.send) await storeLargePayload(context, claim.send.queue, claim.send);
    return { item, ...claim };
  } catch (error) {
    return { item, send: undefined, duplicate: false, error };
  }
}

function failed(thrown: unknown): SendOutcome {
  const error = thrown instanceof Error ? thrown : new Error(`not an Error: ${thrown}`);
  return { status: 'failed', error };
}
