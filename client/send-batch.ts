import { type BatchResultErrorEntry, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { backoffMs, resolveRetryPolicy } from '../contract/retry-policy.ts';
import type { ClientContext } from './client-context.ts';
import { type OutgoingMessage, toMessage } from './prepared-send.ts';

/** For entries that SQS could not take just now. Requests that fail as a whole are retried by the SDK. */
const RETRY = resolveRetryPolicy({
  attempts: 5,
  backoff: { type: 'exponential', base: '100ms', max: '2s', jitter: 'equal' },
});

/**
 * Sends one batch of at most 10, and again what SQS refuses through no fault of the sender's.
 *
 * @returns why a send failed; those that are not in it were accepted
 */
export async function sendBatch<Send extends OutgoingMessage>(
  context: ClientContext,
  queueUrl: string,
  sends: readonly Send[],
): Promise<ReadonlyMap<Send, Error>> {
  const failures = new Map<Send, Error>();
  let left = sends;
  for (let attempt = 1; left.length > 0; attempt++) {
    const refusals = await request(context, queueUrl, left);
    for (const send of left) failures.delete(send);
    for (const { send, error } of refusals) failures.set(send, error);
    if (attempt === RETRY.attempts) break;
    left = refusals.filter(({ retryable }) => retryable).map(({ send }) => send);
    if (left.length > 0) await context.clock.sleep(backoffMs(RETRY, attempt, Math.random));
  }
  return failures;
}

interface Refusal<Send> {
  readonly send: Send;
  readonly error: Error;
  readonly retryable: boolean;
}

async function request<Send extends OutgoingMessage>(
  { sqs }: ClientContext,
  queueUrl: string,
  sends: readonly Send[],
): Promise<readonly Refusal<Send>[]> {
  const Entries = sends.map((send, index) => ({ Id: String(index), ...toMessage(send) }));
  try {
    const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    return Failed.flatMap(entry => {
      const send = sends[Number(entry.Id)];
      return send ? [{ send, error: toError(entry), retryable: !entry.SenderFault }] : [];
    });
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return sends.map(send => ({ send, error, retryable: false }));
  }
}

function toError({ Code, Message, SenderFault }: BatchResultErrorEntry): Error {
  const fault = SenderFault ? "the sender's fault" : 'after retries';
  return new Error(`SQS refused the message (${fault}): ${Code}${Message ? `: ${Message}` : ''}`);
}
