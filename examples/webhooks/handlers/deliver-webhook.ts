import { type Handler, NonRetryableError, RetryAfterError } from 'cdk-background-jobs/lambda';
import type { deliverWebhook } from '../tasks.ts';
import { signingSecret } from './signing-secret.ts';
import { signedHeaders } from './standard-webhooks.ts';

/** Every attempt has the same id and a signature of its own time, so that the receiver can tell old from repeated. */
export const deliverWebhookHandler: Handler<typeof deliverWebhook> = async (
  { endpoint, id, type, data },
  run,
) => {
  const body = JSON.stringify({ type, data });
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: signedHeaders(id, body, await signingSecret()),
    body,
    // Whoever redirects could send it anywhere, inside this network for one.
    redirect: 'manual',
    signal: run.signal,
  });
  await response.body?.cancel();
  if (response.ok) return { status: response.status };
  const message = `${endpoint} answered ${response.status}`;
  // Gone: the receiver wants no more of them.
  if (response.status === 410) throw new NonRetryableError(message);
  const retryAfter = Number(response.headers.get('retry-after'));
  if (retryAfter > 0) throw new RetryAfterError(`${Math.min(retryAfter, 86_400)}s`, message);
  throw new Error(message);
};
