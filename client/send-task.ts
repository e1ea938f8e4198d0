import { toJsonPayload, validatePayload } from '../contract/payload.ts';
import type { PayloadInput, TaskDefinition } from '../contract/task.ts';
import { claimKey, type KeyOptions } from './claim-key.ts';
import type { ClientContext } from './client-context.ts';
import { dispatch } from './dispatch.ts';
import { findQueue } from './find-queue.ts';
import { storeLargePayload } from './large-payload.ts';
import { prepareSend } from './prepared-send.ts';
import { type SendOptions, withKey } from './send-options.ts';
import { trackSent } from './track-sent.ts';

export interface SentTask {
  readonly runId: string;
  /** The run was there already, by its idempotency key. */
  readonly duplicate: boolean;
}

export async function sendTask<Task extends TaskDefinition>(
  context: ClientContext,
  task: Task,
  payload: PayloadInput<Task>,
  options: SendOptions = {},
  keyOptions: KeyOptions = {},
): Promise<SentTask> {
  const queue = findQueue(context.queues, task.name);
  const { json, asSeen } = toJsonPayload(task.name, payload);
  const valid = await validatePayload(task, asSeen);
  const send = prepareSend(task, queue, json, withKey(task, valid, options), context.clock.now());
  const { send: outgoing, duplicate, refusal } = await claimKey(context, send, keyOptions);
  if (outgoing) {
    await storeLargePayload(context, queue, outgoing);
    await dispatch(context, outgoing);
    await trackSent(context, [outgoing]);
  }
  if (refusal) throw refusal;
  return { runId: send.envelope.runId, duplicate };
}
