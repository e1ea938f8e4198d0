import { type Handler, NonRetryableError, RetryAfterError } from 'cdk-background-jobs/lambda';
import { required } from '../../environment.ts';
import type { syncExternal } from '../tasks.ts';

const baseUrl = required('EXTERNAL_URL');

/** The other side takes an idempotency key, so an attempt whose answer was lost is not carried out twice. */
export const syncExternalHandler: Handler<typeof syncExternal> = async ({ accountId }, run) => {
  const response = await fetch(new URL(`/accounts/${accountId}/sync`, baseUrl), {
    method: 'POST',
    headers: { 'idempotency-key': run.idempotencyKey('sync') },
    signal: run.signal,
  });
  const body = await response.text();
  if (response.ok) return { syncedAt: response.headers.get('date') };
  if (response.status === 429) {
    throw new RetryAfterError(
      `${Number(response.headers.get('retry-after') ?? 1)}s`,
      'the service asked to slow down',
    );
  }
  const message = `${accountId}: the service answered ${response.status} ${body.slice(0, 200)}`;
  throw response.status === 410 ? new NonRetryableError(message) : new Error(message);
};
