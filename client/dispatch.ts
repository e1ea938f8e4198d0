import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { ClientContext } from './client-context.ts';
import { type PreparedSend, toMessage } from './prepared-send.ts';
import { firstScheduleName, scheduleMessage } from './run-schedule.ts';
import { sendBatch } from './send-batch.ts';

/** Hands a run's message to SQS, or to EventBridge Scheduler for later. */
export async function dispatch(context: ClientContext, send: PreparedSend): Promise<void> {
  if (send.byScheduler) return await schedule(context, send);
  await context.sqs.send(new SendMessageCommand({ QueueUrl: send.queue.url, ...toMessage(send) }));
}

/**
 * The same for a batch of at most 10 of one queue. EventBridge Scheduler knows no batches.
 *
 * @returns why a send failed; those that are not in it were accepted
 */
export async function dispatchBatch<Send extends PreparedSend>(
  context: ClientContext,
  queueUrl: string,
  sends: readonly Send[],
): Promise<ReadonlyMap<Send, Error>> {
  const later = sends.filter(({ byScheduler }) => byScheduler);
  if (later.length === 0) return await sendBatch(context, queueUrl, sends);
  const [failures, schedulings] = await Promise.all([
    sendBatch(
      context,
      queueUrl,
      sends.filter(({ byScheduler }) => !byScheduler),
    ),
    Promise.allSettled(later.map(send => schedule(context, send))),
  ]);
  const refused = later.flatMap((send, index) => {
    const scheduling = schedulings[index];
    return scheduling?.status === 'rejected' ? [[send, toError(scheduling.reason)] as const] : [];
  });
  return new Map([...failures, ...refused]);
}

async function schedule(context: ClientContext, send: PreparedSend): Promise<void> {
  const { envelope, scheduledFor = send.createdAt } = send;
  await scheduleMessage(context, { ...send, scheduledFor, scheduleName: firstScheduleName(envelope) });
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`not an Error: ${thrown}`);
}
