import type { ClientContext } from './client-context.ts';
import type { PreparedSend } from './prepared-send.ts';
import { putQueuedRow } from './queued-row.ts';

/**
 * Writes the `queued` rows of runs that SQS has accepted, where the consumer has not been faster; a keyed run has its
 * row already. A run that waits in EventBridge Scheduler is always tracked: it is canceled and moved by its row. Never
 * throws: the runs are sent, and a caller that took a missing row for a failure would send them twice.
 */
export async function trackSent(context: ClientContext, sends: readonly PreparedSend[]): Promise<void> {
  const tracked = sends.filter(
    ({ queue, envelope, byScheduler }) =>
      (queue.trackQueued !== false || byScheduler) && envelope.idempotencyKey === undefined,
  );
  const writes = await Promise.allSettled(tracked.map(send => putQueuedRow(context, send)));
  const failures = tracked.flatMap(({ envelope }, index) => {
    const write = writes[index];
    return write?.status === 'rejected' ? [{ runId: envelope.runId, reason: write.reason as unknown }] : [];
  });
  const [first] = failures;
  if (first === undefined) return;
  context.warn(
    new Error(
      `Runs were sent, but the queued rows of ${failures.length} could not be written, so these cannot be read before ` +
        `their first attempt: ${failures.map(({ runId }) => runId).join(', ')}`,
      { cause: first.reason },
    ),
  );
}
