import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { LONGEST_HIDING_SECONDS, SQS } from '../contract/limits.ts';
import { toMessageBody } from '../contract/message-body.ts';
import type { ConsumedQueue } from './consumer.ts';
import type { Invocation } from './invocation.ts';
import { ACKNOWLEDGE, type Outcome } from './outcome.ts';
import type { DeliveredRun } from './read-record.ts';

/**
 * Has the message wait. SQS deletes what is older than the queue's retention, in mid-wait and without a dead letter, so
 * a message that would be too old by then is sent again before, and its time in the queue begins anew. Synth sees to
 * it that a policy's own backoffs need no such thing; a `RetryAfterError` or a long outage may.
 *
 * @throws when SQS does not take the message; then it must not be acknowledged
 */
export async function waitInQueue(
  delivered: DeliveredRun,
  delayMs: number,
  { consumer, queue }: Invocation,
): Promise<Outcome> {
  const untilResendMs = delivered.sentAt + resendAgeMs(queue) - consumer.clock.now();
  const comesBackInMs = Math.min(delayMs, LONGEST_HIDING_SECONDS * 1000);
  if (comesBackInMs <= untilResendMs) return { message: 'return', delayMs };
  if (untilResendMs > 0) return { message: 'return', delayMs: untilResendMs };
  await resend(delivered, delayMs, consumer.sqs, queue);
  const { runId, task, epoch } = delivered.envelope;
  consumer.log({
    level: 'INFO',
    message: 'message sent again, for it waits beyond its retention',
    ...{ runId, task, epoch, delayMs },
  });
  return ACKNOWLEDGE;
}

/** A quarter of the retention is left for a consumer that is down when the wait is over, or a day of a longer one. */
function resendAgeMs({
  consumer: { retentionSeconds = SQS.defaultRetentionSeconds },
}: ConsumedQueue): number {
  return Math.max(retentionSeconds * 0.75, retentionSeconds - 86_400) * 1000;
}

/** The same run and life. Who dies before the acknowledgement leaves a copy, which the delivery table sees to. */
async function resend(
  { envelope, groupKey, messageId }: DeliveredRun,
  delayMs: number,
  sqs: Invocation['consumer']['sqs'],
  queue: ConsumedQueue,
): Promise<void> {
  const delaySeconds = Math.min(Math.ceil(delayMs / 1000), SQS.maxDelaySeconds);
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queue.url,
      MessageBody: toMessageBody(envelope),
      ...(groupKey !== undefined && { MessageGroupId: groupKey }),
      ...(queue.fifo
        ? // Not the run's id and epoch: SQS would drop the message within five minutes of the one that it replaces.
          { MessageDeduplicationId: `${messageId}:${envelope.epoch}` }
        : { DelaySeconds: delaySeconds }),
    }),
  );
}
