import type { ClientContext } from '../../client/client-context.ts';
import { DuplicateRunError } from '../../client/duplicate-errors.ts';
import { type SentTask, sendTask } from '../../client/send-task.ts';
import { throughJson, validatePayload } from '../../contract/payload.ts';
import type { TaskDefinition } from '../../contract/task.ts';
import type { WebhookDelivery, WebhookRoute } from './forward.ts';

/**
 * Sends a route's task for a delivery. A delivery that came before has its run already, also when its payload is made
 * otherwise today.
 *
 * @returns 'ignored' when the route has no interest in it
 * @throws whatever the route's functions and `sendTask` throw
 */
export async function sendDelivery(
  context: ClientContext,
  webhookName: string,
  { task, toPayload, groupKeyOf }: WebhookRoute,
  delivery: WebhookDelivery,
): Promise<SentTask | 'ignored'> {
  const payload = await toPayload(delivery);
  if (payload === 'ignore') return 'ignored';
  const groupKey = groupKeyOf(payload, delivery);
  const ownKey = await ownKeyOf(task, payload);
  const idempotencyKey = ownKey ?? `${webhookName} ${delivery.id}`;
  const options = { idempotencyKey, ...(groupKey !== undefined && { groupKey }) };
  try {
    return await sendTask(context, task, payload, options, { anyPayload: ownKey === undefined });
  } catch (error) {
    if (error instanceof DuplicateRunError) return { runId: error.runId, duplicate: true };
    throw error;
  }
}

/** What the task's definition makes one run of is one run, whoever sends it. */
async function ownKeyOf(task: TaskDefinition, payload: unknown): Promise<string | undefined> {
  return task.keyOf?.(await validatePayload(task, throughJson(task.name, payload)));
}
